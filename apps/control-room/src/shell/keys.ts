/**
 * The one table of keys. The two boards gave `E`, `H`, `J`, `L` and `1`–`4` two meanings each; settled so:
 * - a key means one thing on one screen, and a key of `everywhere` is never given again (tested);
 * - `J` is always "onwards through what is before you": the next alarm in the room, two seconds in the player, where it
 *   pairs with `L` as on every editing desk, because a player has neither a queue nor a map to turn into a table;
 * - digits pick the seats one looks at: tiles in the room, purposes while the player asks for one;
 * - what belongs to later issues (dispatch, hold, redaction) keeps its letter free.
 * Letters never act while a field is being typed in.
 */
export type Screen = 'everywhere' | 'operations' | 'recording'

type KeyRow = {
  readonly screen: Screen
  /** As `KeyboardEvent.key` gives it, lower case; `ctrl+` in front when it needs the control or command key. */
  readonly key: string
  /** As it is printed on a key. */
  readonly es: string
  readonly en: string
  readonly does: { readonly es: string; readonly en: string }
}

const row = (screen: Screen, key: string, print: string, es: string, en: string, printEn = print): KeyRow => ({
  screen,
  key,
  es: print,
  en: printEn,
  does: { es, en },
})

export const keys = {
  palette: row('everywhere', 'ctrl+k', 'Ctrl K', 'buscar o mandar', 'search or command'),
  help: row('everywhere', '?', '?', 'todas las teclas', 'all keys'),
  theme: row('everywhere', 't', 'T', 'noche o día', 'night or day'),
  region: row('everywhere', 'f6', 'F6', 'pasar de zona', 'next region'),
  sos: row('everywhere', 's', 'S', 'abrir el SOS, desde donde sea', 'open the SOS, from anywhere'),
  room: row('everywhere', 'g', 'G', 'ir a la sala', 'go to the room'),
  next: row('operations', 'j', 'J', 'siguiente de la cola', 'next in the queue'),
  previous: row('operations', 'k', 'K', 'anterior de la cola', 'previous in the queue'),
  acknowledge: row('operations', 'enter', 'Intro', 'atender lo elegido', 'take what is selected', 'Enter'),
  watch: row('operations', 'v', 'V', 'ver en vivo lo elegido', 'watch the selection live'),
  table: row('operations', 'l', 'L', 'mapa o tabla', 'map or table'),
  center: row('operations', 'c', 'C', 'centrar el mapa en lo elegido', 'centre the map on the selection'),
  closeAlarm: row('operations', 'x', 'X', 'cerrar la alarma, con nota', 'close the alarm, with a note'),
  recordingOf: row('operations', 'o', 'O', 'abrir la grabación', 'open the recording'),
  sound: row('operations', 'm', 'M', 'oír o callar el video elegido', 'hear or mute the chosen video'),
  tile1: row('operations', '1', '1', 'video 1', 'video 1'),
  tile2: row('operations', '2', '2', 'video 2', 'video 2'),
  tile3: row('operations', '3', '3', 'video 3', 'video 3'),
  tile4: row('operations', '4', '4', 'video 4', 'video 4'),
  play: row('recording', ' ', 'Espacio', 'seguir o parar', 'play or pause', 'Space'),
  back: row('recording', 'j', 'J', '2 s atrás', '2 s back'),
  forward: row('recording', 'l', 'L', '2 s adelante', '2 s ahead'),
  frameBack: row('recording', ',', ',', 'cuadro anterior', 'previous frame'),
  frameForward: row('recording', '.', '.', 'cuadro siguiente', 'next frame'),
  markBack: row('recording', '[', '[', 'marca anterior', 'previous mark'),
  markForward: row('recording', ']', ']', 'marca siguiente', 'next mark'),
  gap: row('recording', 'h', 'H', 'próximo hueco', 'next gap'),
  slower: row('recording', '-', '−', 'más lento', 'slower'),
  faster: row('recording', '+', '+', 'más rápido', 'faster'),
  export: row('recording', 'e', 'E', 'paquete de evidencia', 'evidence package'),
  mark: row('recording', 'm', 'M', 'marcar aquí', 'mark here'),
  verify: row('recording', 'v', 'V', 'comprobar un paquete', 'verify a package'),
} as const satisfies Record<string, KeyRow>

export type KeyName = keyof typeof keys
/** What is printed on the key, in the reader's language. */
export const keyPrint = (name: KeyName, language: 'es' | 'en'): string => keys[name][language]

/** The name of the pressed key on a screen, or null. Letters wait while somebody types. */
export function keyOf(event: KeyboardEvent, screens: readonly Screen[]): KeyName | null {
  if (event.altKey || event.isComposing) {
    return null
  }
  const plain = event.key.toLowerCase()
  const pressed = event.ctrlKey || event.metaKey ? `ctrl+${plain}` : plain
  const isCommand = pressed.startsWith('ctrl+') || /^f\d+$/.test(pressed)
  if (!isCommand && isTyping(event.target, plain)) {
    return null
  }
  for (const name of Object.keys(keys) as KeyName[]) {
    if (keys[name].key === pressed && screens.includes(keys[name].screen)) {
      return name
    }
  }
  return null
}

function isTyping(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) {
    return false
  }
  if (target.closest('[role="dialog"]') !== null) {
    return true
  }
  if (key === ' ' || key === 'enter') {
    return target.closest(`button, a[href], summary, [role="option"], [role="button"], ${fields}`) !== null
  }
  return target.matches(`${fields}:not([type="radio"], [type="checkbox"])`)
}

const fields = ':is(input, textarea, select, [contenteditable="true"])'
