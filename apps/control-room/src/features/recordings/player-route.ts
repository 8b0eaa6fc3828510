export { RecordingPage } from './player/recording-page.tsx'
