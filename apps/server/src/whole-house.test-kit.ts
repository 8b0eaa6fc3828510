/** The whole server for tests of what spans modules: PostgreSQL, signer, HTTP and sockets are real, the clock is ours. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type App, composeApp, migrations } from './app.ts'
import type { Finding } from './kernel/checker.ts'
import type { FakePhone } from './modules/evidence/evidence.test-kit.ts'
import { phonesFor } from './modules/evidence/issued-phone.test-kit.ts'
import {
  type People,
  type Person,
  peopleOf,
  startTestInstallation,
  type TestClock,
  type TestInstallation,
  testClock,
} from './test-kit/index.ts'

export type WholeHouse = Pick<People, 'call' | 'enter' | 'person' | 'signIn' | 'withCookie'> & {
  readonly app: App
  readonly kernel: TestInstallation<App>['kernel']
  readonly owner: TestInstallation<App>['database']['owner']
  readonly clock: TestClock
  /** Enters by an outside account's address and code. */
  readonly guest: (entrance: { readonly url: string; readonly code: string }) => Promise<Person>
  readonly phone: () => Promise<FakePhone>
  /** Runs every timer once and waits for what it told. */
  readonly tick: () => Promise<void>
  readonly listen: () => Promise<string>
  /** What the checkers find wrong: of the modules named, or of all. */
  readonly findings: (names?: readonly string[]) => Promise<readonly Finding[]>
  readonly close: () => Promise<void>
}

export async function openWholeHouse(): Promise<WholeHouse> {
  const clock = testClock()
  const installation = await startTestInstallation({
    clock,
    migrations,
    compose(kernel) {
      mkdirSync(join(kernel.config.dataFolder, 'footage'), { recursive: true })
      return composeApp(kernel)
    },
  })
  const { app: http, parts, kernel, events } = installation
  await parts.identity.seedDemonstration()
  await parts.start()
  const { call, enter, person, signIn, withCookie } = peopleOf(http, parts.identity.linkFor)

  return {
    app: parts,
    kernel,
    owner: installation.database.owner,
    clock,
    call,
    enter,
    person,
    signIn,
    withCookie,
    async guest({ url, code }) {
      const entered = await enter(url.split('#link=')[1] ?? '', code)
      if (entered.status !== 200) {
        throw new Error(`the guest was not let in: ${entered.status} ${entered.code}`)
      }
      return withCookie(entered.cookie)
    },
    phone: phonesFor({ call, person }, clock),
    async tick() {
      await installation.tick()
      await events.settle()
    },
    listen: installation.listen,
    async findings(names) {
      const found: Finding[] = []
      for (const checker of parts.checks.filter(({ name }) => names?.includes(name) ?? true)) {
        await checker.run((finding) => found.push(finding), { full: true })
      }
      return found
    },
    close: installation.close,
  }
}
