import { media } from '../../media/src/index.ts'

export const proof = media
