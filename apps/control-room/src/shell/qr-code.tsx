import encodeQr from 'qr'
import { type ReactElement, useMemo } from 'react'
import css from './qr-code.module.css'

/** Dark on white with its quiet border, by night too: cameras want it so. */
export function QrCode({ words, label }: { readonly words: string; readonly label: string }): ReactElement {
  const { path, size } = useMemo(() => {
    const rows = encodeQr(words, 'raw', { border: 3, ecc: 'medium' })
    const squares = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')))
    return { path: squares.join(''), size: rows.length }
  }, [words])
  return (
    <svg className={css.qr} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
