import { blobSource, parseTrust, type Verification, verifyPackage } from '@sereno/proof'

export type Ask = { readonly file: File; readonly trust: File | null }
export type Say =
  | { readonly type: 'progress'; readonly share: number }
  | { readonly type: 'done'; readonly verification: Verification }
  | { readonly type: 'unreadable'; readonly what: 'package' | 'trust' }

const say = (message: Say): void => self.postMessage(message)

// In a worker, so that the page answers while gigabytes are hashed. Nothing leaves this machine.
self.onmessage = async ({ data }: MessageEvent<Ask>) => {
  const trust = data.trust === null ? null : parseTrust(new Uint8Array(await data.trust.arrayBuffer()))
  if (trust?.ok === false) {
    say({ type: 'unreadable', what: 'trust' })
    return
  }
  let shown = 0
  try {
    const verification = await verifyPackage(blobSource(data.file), {
      ...(trust ? { trust: trust.value } : {}),
      onProgress: (doneBytes, totalBytes) => {
        const share = doneBytes / Math.max(1, totalBytes)
        if (share - shown >= 0.01) {
          shown = share
          say({ type: 'progress', share })
        }
      },
    })
    say({ type: 'done', verification })
  } catch {
    say({ type: 'unreadable', what: 'package' })
  }
}
