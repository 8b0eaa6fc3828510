export { type ResponseProblem, readResponse, timestampRequest } from './exchange.ts'
export { checkTimestamp, isCertificate, type Stamp, type StampProblem, verifyStamp } from './verify.ts'
