/** The set: 24 px grid, 2 px line. One symbol, one meaning. */
const drawings = {
  gps: 'M12 2v6M12 16v6M2 12h6M16 12h6M18 12a6 6 0 1 1-12 0a6 6 0 0 1 12 0',
  battery: 'M2 7h17v10H2zM22 10v4M5 10h8v4H5z',
  signal: 'M4 21v-5M10 21V12M16 21V8M21 21V3',
  nosignal: 'M4 21v-5M10 21v-6M16 21v-1M21 21V10M16 12V8M21 5V3M3 3l18 18',
  eye: 'M1.5 12C4 7.5 7.6 5.5 12 5.5S20 7.5 22.5 12C20 16.5 16.4 18.5 12 18.5S4 16.5 1.5 12ZM15.2 12a3.2 3.2 0 1 1-6.4 0a3.2 3.2 0 0 1 6.4 0',
  flag: 'M5 22V3h15l-4 5 4 5H5',
  moon: 'M20.5 14.5A9 9 0 0 1 9.5 3.5a9 9 0 1 0 11 11Z',
  list: 'M4 3h16v18H4zM8 8h8M8 12h8M8 16h5',
  buffer: 'M4.5 7.5A9 9 0 1 1 3 12M4.5 2.5v5h5M12 7v5l3.5 2.5',
  up: 'M12 20V4M5 11l7-7 7 7',
  mute: 'M3 9h4l6-5v16l-6-5H3zM17 9l5 6M22 9l-5 6',
  card: 'M5 2h9l5 5v15H5zM9 2.5v5M13 2.5v5',
  lock: 'M4 11h16v10H4zM8 11V7a4 4 0 0 1 8 0v4M12 15v2',
  check: 'M3 13l6 6L21 5',
  pen: 'M4 20l1-5L16 4l4 4L9 19zM13 7l4 4',
  clock: 'M21 12a9 9 0 1 1-18 0a9 9 0 0 1 18 0M12 6.5V12l4 2.5',
  alert: 'M12 2.5 22.5 21h-21zM12 9v6M12 17v2',
  call: 'M4 3h5l2 5-3 2a13 13 0 0 0 6 6l2-3 5 2v5c-9 1-18-8-17-17Z',
  phone: 'M7 2h10v20H7zM11 19h2',
} as const
export type IconName = keyof typeof drawings

/** With a label it is a picture that says something; without, it decorates words that already do. */
export function Icon({
  name,
  label,
  tone,
}: {
  readonly name: IconName
  readonly label?: string
  readonly tone?: string
}) {
  const className = tone === undefined || tone === '' ? 'icon' : `icon ${tone}`
  if (label === undefined) {
    return (
      <svg className={className} viewBox="0 0 24 24" aria-hidden="true">
        <path d={drawings[name]} />
      </svg>
    )
  }
  return (
    <svg className={className} viewBox="0 0 24 24" role="img" aria-label={label}>
      <title>{label}</title>
      <path d={drawings[name]} />
    </svg>
  )
}
