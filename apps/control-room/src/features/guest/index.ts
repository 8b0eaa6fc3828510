export { GuestCasePage } from './guest-case-page.tsx'
export { GuestRecordingPage } from './guest-recording-page.tsx'
export { GuestShell } from './guest-shell.tsx'
