export { type TestClock, testClock } from './clock.ts'
export { startTestDatabase, type TestDatabase } from './database.ts'
export {
  startTestInstallation,
  type TestInstallation,
} from './installation.ts'
export { type Answered, type Json, need, type People, type Person, peopleOf, type Said, saidOf } from './people.ts'
export { type RealS3, startRealS3 } from './real-s3.ts'
export { temporaryFolder } from './worker-postgres.ts'
