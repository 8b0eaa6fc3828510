export { RecordingsPage } from './recordings-page.tsx'
