export { type TestClock, testClock } from './clock.ts'
export { startTestDatabase, type TestDatabase } from './database.ts'
export {
  type Composition,
  startTestInstallation,
  type TestInstallation,
  type TestInstallationOptions,
} from './installation.ts'
export { temporaryFolder } from './worker-postgres.ts'
