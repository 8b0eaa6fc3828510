export { type ResponseProblem, readResponse, timestampRequest } from './exchange.ts'
export { type StampExpiry, stampExpiry } from './expiry.ts'
export { checkTimestamp, isCertificate, type Stamp, type StampProblem, verifyStamp } from './verify.ts'
