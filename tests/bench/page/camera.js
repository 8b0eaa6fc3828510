// Runs inside the bodycam's page before it loads: the camera becomes a moving 1280 × 720 picture that carries the
// millisecond at which it was drawn, modulo 2^20, as a row of twenty black or white boxes of 32 pixels and, below it,
// the same row inverted (a picture torn between two codes reads as none). Sound stays the browser's fake microphone.
// Frames leave the canvas as a camera gives them, one every 33 ms, not as the page's compositor finds the time.
const boxes = 20
const size = 32
const framesPerSecond = 30
const media = navigator.mediaDevices
const original = media.getUserMedia.bind(media)

media.getUserMedia = async (constraints) => {
  const stream = constraints?.audio ? await original({ audio: constraints.audio }) : new MediaStream()
  if (constraints?.video) {
    stream.addTrack(coded())
  }
  return stream
}

function coded() {
  const canvas = new OffscreenCanvas(1280, 720)
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true })
  const track = new MediaStreamTrackGenerator({ kind: 'video' })
  const writer = track.writable.getWriter()
  context.fillStyle = '#345'
  context.fillRect(0, 0, 1280, 720)
  let step = 0
  const draw = () => {
    step += 1
    // Bands of the picture change in every frame, so that the encoder works and is not given a still.
    for (let i = 0; i < 12; i += 1) {
      context.fillStyle = `hsl(${(i * 30 + step) % 360} 60% 50%)`
      context.fillRect((i * 97 + step * (3 + (i % 5))) % 1280, 120 + ((i * 53 + step * 2) % 560), 90, 60)
    }
    const code = Date.now() % 2 ** boxes
    for (let bit = 0; bit < boxes; bit += 1) {
      const isOne = ((code >> bit) & 1) === 1
      context.fillStyle = isOne ? '#fff' : '#000'
      context.fillRect(bit * size, 0, size, size)
      context.fillStyle = isOne ? '#000' : '#fff'
      context.fillRect(bit * size, size, size, size)
    }
    // A camera whose frames are not taken drops them.
    if (writer.desiredSize > 0) {
      writer.write(new VideoFrame(canvas, { timestamp: Math.round(performance.now() * 1000) })).catch(() => undefined)
    }
  }
  const timer = setInterval(draw, 1000 / framesPerSecond)
  const stop = track.stop.bind(track)
  track.stop = () => {
    clearInterval(timer)
    stop()
  }
  return track
}
