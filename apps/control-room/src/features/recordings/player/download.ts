import { CallFailed, unreachable } from '../../../api/call.ts'

type DownloadOptions = {
  readonly url: string
  readonly signal: AbortSignal
  readonly onProgress: (bytes: number) => void
}

/** Fetches a file with progress; it can be stopped. The browser keeps large blobs on disk. */
export async function download({ url, signal, onProgress }: DownloadOptions): Promise<Blob> {
  const response = await fetch(url, { credentials: 'same-origin', signal })
  if (!response.ok || response.body === null) {
    throw new CallFailed(response.status >= 500 ? unreachable : 'request.not-found', response.status)
  }
  let done = 0
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        done += chunk.length
        onProgress(done)
        controller.enqueue(chunk)
      },
    }),
  )
  return await new Response(counted).blob()
}

export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.hidden = true
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
