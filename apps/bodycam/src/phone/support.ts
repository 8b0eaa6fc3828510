export type Unsupported = 'iphone' | 'browser' | 'insecure'

/** Why this browser cannot be a body camera, or null. Said before anything is asked of anybody. */
export function whyUnsupported(): Unsupported | null {
  if (!window.isSecureContext) {
    return 'insecure'
  }
  const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent)
  const has = (name: string): boolean => name in window
  const needed = ['VideoEncoder', 'AudioEncoder', 'MediaStreamTrackProcessor', 'FileSystemFileHandle', 'Worker']
  if (needed.every(has) && 'locks' in navigator && 'mediaDevices' in navigator && !isApple) {
    return null
  }
  return isApple ? 'iphone' : 'browser'
}
