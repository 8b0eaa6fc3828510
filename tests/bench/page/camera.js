// Runs inside the bodycam's page before it loads: the camera becomes a moving 1280 × 720 picture that carries the
// millisecond at which it was drawn, modulo 2^20, as a row of twenty black or white boxes of 32 pixels and, below it,
// the same row inverted (a picture torn between two codes reads as none). Sound stays the browser's fake microphone.
const boxes = 20
const size = 32
const media = navigator.mediaDevices
const original = media.getUserMedia.bind(media)

media.getUserMedia = async (constraints) => {
  const stream = constraints?.audio ? await original({ audio: constraints.audio }) : new MediaStream()
  if (constraints?.video) {
    for (const track of coded().captureStream(30).getVideoTracks()) {
      stream.addTrack(track)
    }
  }
  return stream
}

function coded() {
  const canvas = document.createElement('canvas')
  canvas.width = 1280
  canvas.height = 720
  const context = canvas.getContext('2d', { alpha: false })
  let step = 0
  const draw = () => {
    step += 1
    context.fillStyle = '#345'
    context.fillRect(0, 0, 1280, 720)
    // Something moves all over the picture, so that the encoder has what a walking officer's camera gives it.
    for (let i = 0; i < 24; i += 1) {
      context.fillStyle = `hsl(${(i * 15 + step) % 360} 60% 50%)`
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
  }
  draw()
  setInterval(draw, 1000 / 30)
  return canvas
}
