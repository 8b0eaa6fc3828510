export { MediaError } from './box.ts'
export { type Init, type InitAudio, type InitVideo, readInit } from './init.ts'
export {
  decodeMessage,
  encodeMessage,
  type LiveConfig,
  type LiveMessage,
  messageFlags,
  messageHeaderBytes,
} from './live-message.ts'
export { retimeSegment } from './retime.ts'
export { readSegment, type Sample, type Segment, type TrackFragment } from './segment.ts'
export {
  type AudioTrack,
  createSegmenter,
  type Gop,
  type MadeSegment,
  type Segmenter,
  type VideoTrack,
} from './segmenter.ts'
