/** What a run sent and what came back. */
export type Figures = {
  phones: number
  recordings: number
  segmentsMade: number
  segmentsSent: number
  segmentsAcknowledged: number
  bytesAcknowledged: number
  retried: number
  refused: Record<string, number>
  positionsSent: number
  positionsAcknowledged: number
  framesStreamed: number
  framesDropped: number
  sos: number
  exported: number
}

export function newFigures(): Figures {
  return {
    phones: 0,
    recordings: 0,
    segmentsMade: 0,
    segmentsSent: 0,
    segmentsAcknowledged: 0,
    bytesAcknowledged: 0,
    retried: 0,
    refused: {},
    positionsSent: 0,
    positionsAcknowledged: 0,
    framesStreamed: 0,
    framesDropped: 0,
    sos: 0,
    exported: 0,
  }
}
