import { createBodyBudget } from '../../kernel/http-body.ts'
import { createAssembly } from './axis/assemble.ts'
import { connect, createTokens } from './axis/connect.ts'
import { axisPlugin } from './axis/plugin.ts'
import { checkIntake } from './check.ts'
import { createCopies } from './copies.ts'
import { type Intake, type IntakeDeps, intakeDefaults } from './door.ts'
import { createFinish } from './finish.ts'
import { createPlay } from './play.ts'
import { createProbe } from './probe/probe.ts'
import { createProgresses } from './progress.ts'
import { createReceive } from './receive.ts'
import { intakeRoutes } from './routes.ts'
import { mediaTools } from './sandbox.ts'
import { createOwnDock } from './statements.ts'

export type { Intake, IntakeDeps } from './door.ts'
export const intakeMigrations = { module: 'intake', folder: new URL('./migrations/', import.meta.url) }

/** Whole files of cameras that store and upload later: docks, people's files, other makers' camera systems. */
export function createIntake(deps: IntakeDeps): Intake {
  const settings = { ...intakeDefaults, ...deps.intakeSettings }
  const given = deps.mediaTools
  // Found out at the first need, not at the start: trying the sandboxes takes a while.
  const tools = given === undefined ? mediaTools : () => given
  const progresses = createProgresses(settings.heldBlocks)
  const probe = deps.probe ?? createProbe(tools, deps.config.dataFolder, deps.log)
  const receive = createReceive(deps, settings, progresses)
  const finish = createFinish(deps, settings, { receive, progresses, probe })
  const copies = createCopies(deps, settings, tools)
  const assembly = createAssembly(deps, { probe, ownDock: createOwnDock(deps) })
  const play = createPlay(deps, tools)
  return {
    routes: intakeRoutes(deps, { receive, finish, play, tools }),
    play,
    timers: [
      { name: 'intake.verify', everyMs: 10_000, run: finish.sweep },
      { name: 'intake.axis', everyMs: 10_000, run: assembly.sweep },
      { name: 'intake.copies', everyMs: 5_000, run: copies.run },
    ],
    check: checkIntake(deps),
    plugin: axisPlugin(deps, {
      tokens: createTokens(deps, settings.axisTokenMs),
      assembly,
      budget: createBodyBudget(settings.axisHeldBytes),
    }),
    connectAxis: async (scope, wish) => connect(deps, scope, wish),
    start: async () => copies.start(),
    stop: async () => copies.stop(),
  }
}
