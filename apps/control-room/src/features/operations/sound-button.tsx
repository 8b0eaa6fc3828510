import { Icon, Kbd, useLanguage, useLive } from '@sereno/ui'
import type { ReactElement } from 'react'
import { keyPrint } from '../../shell/keys.ts'
import css from './dock.module.css'
import type { Dock, Tile } from './dock.ts'
import { useOperationsText } from './text.ts'

type SoundButtonProps = { readonly tile: Tile; readonly dock: Dock; readonly focused: boolean }

/** Hears one unit, or none. What it says is what comes out of the loudspeaker, not what was asked for. */
export function SoundButton({ tile, dock, focused }: SoundButtonProps): ReactElement {
  const text = useOperationsText().dock.sound
  const language = useLanguage()
  const heard = useLive(dock.heard) === tile.device
  const { sound } = tile
  const word = sound === 'none' && heard ? text.awaited : text[sound]
  return (
    <button
      type="button"
      className={css.sound}
      data-heard={sound === 'heard'}
      aria-pressed={heard}
      aria-label={`${text.hear(tile.name)}: ${word}`}
      onClick={() => dock.hear(tile.device)}
    >
      <Icon name={sound === 'heard' ? 'sound' : 'muted'} size="s" tone={sound === 'heard' ? 'ok' : 'stale'} />{' '}
      <span>{word}</span>
      {focused ? <Kbd keys={keyPrint('sound', language)} /> : null}
    </button>
  )
}
