/** Colours of the tokens as the browser resolves them now (theme included), for engines that cannot read CSS. */
const names = [
  'ground-0',
  'ground-1',
  'ink',
  'ink-soft',
  'ink-faint',
  'accent',
  'alarm',
  'critical',
  'warning',
  'ok',
  'info',
  'stale',
  'edge-strong',
  'edge-control',
  'focus',
  'map-land',
  'map-park',
  'map-water',
  'map-street',
  'map-avenue',
  'map-casing',
  'map-label',
] as const
export type ColourName = (typeof names)[number]
export type Colours = Readonly<Record<ColourName, string>>

export function tokenColours(under: Element): Colours {
  const probe = document.createElement('i')
  probe.hidden = true
  under.append(probe)
  const read = (name: ColourName): [ColourName, string] => {
    probe.style.color = `var(--${name})`
    return [name, getComputedStyle(probe).color]
  }
  const colours = Object.fromEntries(names.map(read)) as Record<ColourName, string>
  probe.remove()
  return colours
}
