import { kernelChecker, runChecks } from '../check.ts'
import { withInstallation } from './installation.ts'

/** `sereno check`: 0 clean, 1 findings. Each finding is one line: code, then what it is about. */
export async function check(options: {
  readonly dataFolder: string
  readonly full: boolean
  readonly json: boolean
}): Promise<number> {
  const results = await withInstallation(options.dataFolder, ({ app, kernel }) =>
    runChecks([kernelChecker(kernel), ...app.checks], { full: options.full }, ({ name, examined, findings }) => {
      if (!options.json) {
        console.log(`${findings.length === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(10)} ${examined} examined`)
        for (const { code, detail } of findings) {
          console.log(`      ${code}  ${detail}`)
        }
      }
    }),
  )
  const found = results.reduce((sum, { findings }) => sum + findings.length, 0)
  if (options.json) {
    console.log(JSON.stringify({ clean: found === 0, results }))
  } else {
    console.log(found === 0 ? 'clean' : `${found} findings`)
  }
  return found === 0 ? 0 : 1
}
