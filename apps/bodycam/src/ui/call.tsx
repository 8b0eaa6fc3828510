import { useText, useView } from './context.ts'
import { Icon } from './icons.tsx'

/**
 * Dials the control room, where the installation gave its number; nothing where it did not. The call takes the camera
 * and the page out of sight, so it says what that costs while something is recorded.
 */
export function Call({ size, recording }: { readonly size: 'half' | 'plain'; readonly recording: boolean }) {
  const text = useText()
  const { engine } = useView()
  const telephone = engine.self?.municipality.telephone ?? null
  if (telephone === null) {
    return null
  }
  return (
    <a className={`slab ${size}`} href={`tel:${telephone.replaceAll(' ', '')}`}>
      <b>
        <Icon name="call" />
        {text.call.word}
      </b>
      <span>{recording ? text.call.cuts : telephone}</span>
    </a>
  )
}
