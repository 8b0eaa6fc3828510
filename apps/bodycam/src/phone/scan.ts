import decodeQR from 'qr/decode.js'

/** Reads a QR code with the camera into this video element, ten times a second. Replies with how to end it. */
export function startScan(video: HTMLVideoElement, onFound: (text: string) => void): () => void {
  let stream: MediaStream | null = null
  let ended = false
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })

  const look = (): void => {
    if (ended || context === null) {
      return
    }
    if (video.videoWidth > 0) {
      const scale = Math.min(1, 640 / video.videoWidth)
      canvas.width = Math.round(video.videoWidth * scale)
      canvas.height = Math.round(video.videoHeight * scale)
      context.drawImage(video, 0, 0, canvas.width, canvas.height)
      const found = read(context.getImageData(0, 0, canvas.width, canvas.height))
      if (found !== null) {
        end()
        onFound(found)
        return
      }
    }
    setTimeout(look, 100)
  }
  const begin = async (): Promise<void> => {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
    if (ended) {
      end()
      return
    }
    video.srcObject = stream
    await video.play()
    look()
  }
  const end = (): void => {
    ended = true
    for (const track of stream?.getTracks() ?? []) {
      track.stop()
    }
  }
  begin().catch(end)
  return end
}

function read(image: ImageData): string | null {
  try {
    return decodeQR({ width: image.width, height: image.height, data: image.data })
  } catch {
    // no code in this picture
    return null
  }
}
