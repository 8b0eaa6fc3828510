/**
 * The symbols of the boards: 16×16, drawn with a 1.5 px line. `line` is stroked, `solid` is filled. Each state has its
 * own shape, so that colour never has to say it alone.
 */
type Drawing = { readonly line?: string; readonly solid?: string; readonly dash?: string }

export const icons = {
  lantern: {
    line: 'M5.5 5.5h5l1.2 7.5H4.3zM4 13.2h8M6 5.3V4a2 2 0 0 1 4 0v1.3',
    solid: 'M8 7.4l1.3 2.3A1.4 1.4 0 1 1 6.7 9.7z',
  },
  sos: { line: 'M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3zM8 4.7v4.1M8 11.2v.1' },
  place: { line: 'M8 14.5S3 9.8 3 6.5a5 5 0 0 1 10 0C13 9.8 8 14.5 8 14.5zM8 4.5v2.2M8 8.5v.1' },
  radio: { line: 'M4.5 5.5h7v9h-7zM5.5 5.3V1.5M7 8.5h2' },
  camera: { line: 'M1.7 4.5h8.6v7H1.7zM10.3 7l4-2v6l-4-2' },
  search: { line: 'M6.8 2.3a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3l3.7 3.7' },
  eye: {
    line: 'M1.2 8S3.7 3.5 8 3.5 14.8 8 14.8 8 12.3 12.5 8 12.5 1.2 8 1.2 8z',
    solid: 'M8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  },
  check: { line: 'M2.5 8.5l3.5 3.5 7.5-8' },
  machine: { line: 'M2.5 2.5h11v11h-11z', solid: 'M6 6h4v4H6z' },
  person: { solid: 'M8 1.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4zM2 15c0-4 2.5-6 6-6s6 2 6 6z' },
  now: { line: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z', solid: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6z' },
  later: { line: 'M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z' },
  live: {
    line: 'M3.5 3.5a6.4 6.4 0 0 0 0 9M12.5 3.5a6.4 6.4 0 0 1 0 9',
    solid: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  },
  record: { solid: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z' },
  warning: { line: 'M8 2l6.5 12h-13zM8 6.5v3.3M8 11.8v.1' },
  ok: { solid: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z' },
  offline: {
    line: 'M1.5 6.2C3.3 4.5 5.5 3.5 8 3.5s4.7 1 6.5 2.7M4.3 9.3a5.3 5.3 0 0 1 7.4 0M2.5 14.5l11-13',
    solid: 'M7 11h2v2H7z',
  },
  hold: { line: 'M3.5 7.5h9V14h-9zM5.3 7.3V5a2.7 2.7 0 0 1 5.4 0v2.3' },
  mark: { line: 'M4 2.5h8v11l-4-3-4 3z' },
  package: { line: 'M2 5l6-3 6 3v6.5l-6 3-6-3zM2 5l6 3 6-3M8 8v6.3' },
  verify: { line: 'M8 1.7l5.5 2v4.1c0 3.2-2.3 5.3-5.5 6.5-3.2-1.2-5.5-3.3-5.5-6.5V3.7zM5.3 8l2 2 3.5-4' },
  shield: { line: 'M8 1.7l5.5 2v4.1c0 3.2-2.3 5.3-5.5 6.5-3.2-1.2-5.5-3.3-5.5-6.5V3.7z' },
  denied: { line: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM4 12l8-8' },
  play: { solid: 'M4 2.5L13.5 8 4 13.5z' },
  pause: { solid: 'M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z' },
  battery: { line: 'M1.5 5h11v6h-11zM14.5 7v2', solid: 'M3 6.5h3v3H3z' },
  storage: { line: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.1M5 11h.1' },
  clock: { line: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.5V8l2.5 2' },
  gap: { line: 'M1.5 4v8M5 4v8M11 4v8M14.5 4v8', dash: '' },
  stuck: { line: 'M8 13.5V4M4.5 7.5L8 4l3.5 3.5M2.5 1.5h11' },
  phone: { line: 'M4.5 1.5h7v13h-7zM7 12.5h2' },
  people: {
    line: 'M1.5 14c0-3 1.8-4.8 4.5-4.8s4.5 1.8 4.5 4.8M11 9.3c2 .2 3.5 1.9 3.5 4.7',
    solid: 'M6 2.5a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM11.3 3.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  },
  ledger: { line: 'M3 2h10v12H3zM5.5 5h5M5.5 8h5M5.5 11h3' },
  map: { line: 'M1.5 4l4.5-2 4 2 4.5-2v10l-4.5 2-4-2-4.5 2zM6 2v10M10 4v10' },
  film: { line: 'M2 3h12v10H2zM5 3v10M11 3v10M2 8h3M11 8h3' },
  close: { line: 'M3.5 3.5l9 9M12.5 3.5l-9 9' },
  download: { line: 'M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11' },
  table: { line: 'M2 3h12v10H2zM2 6.5h12M2 9.8h12M6.5 3v10' },
  link: { line: 'M7 4.5L8.5 3a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5L7.5 13A3.2 3.2 0 0 1 3 8.5L4.5 7M6 10l4-4' },
  gear: {
    line: 'M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M3.4 12.6l1.4-1.4M11.2 4.8l1.4-1.4',
  },
  folder: { line: 'M1.5 13V3.5h4.5l1.5 2h7V13z' },
  tray: { line: 'M8 1.5v7M5 5.700L8 8.700l3-3M2 8.500v5h12v-5' },
  hourglass: {
    line: 'M4 1.500h8M4 14.500h8M4.500 1.500c0 4 3.500 4 3.500 6.500s-3.500 2.500-3.500 6.500M11.500 1.500c0 4-3.500 4-3.500 6.500s3.500 2.500 3.500 6.500',
  },
  checklist: { line: 'M1.5 4l1.300 1.300L5 3M1.500 11.500l1.300 1.300L5 10.500M7.500 4.300h7M7.500 11.800h7' },
  sound: {
    line: 'M10.8 5.500a3.500 3.500 0 0 1 0 5M12.700 3.500a6.300 6.300 0 0 1 0 9',
    solid: 'M1.500 5.800h2.700L8 2.500v11L4.200 10.200H1.500z',
  },
  muted: { line: 'M10.500 6l4 4M14.500 6l-4 4', solid: 'M1.500 5.800h2.700L8 2.500v11L4.200 10.200H1.500z' },
  unitFree: { solid: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z' },
  unitRecording: { line: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z', solid: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6z' },
  unitStale: { line: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z', dash: '2.4 2' },
  unitAway: { line: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z' },
} as const satisfies Record<string, Drawing>

export type IconName = keyof typeof icons
export const drawingOf = (name: IconName): Drawing => icons[name]
