/** `npm run new:module NAME`: the shape of a server module, ready to be filled. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.ts'

const name = process.argv[2] ?? ''
const folder = join(root, 'apps/server/src/modules', name)
const shape = join(root, 'tools/module-shape')

if (!/^[a-z]+$/.test(name)) {
  console.error('Usage: npm run new:module NAME   (one lower-case word, a noun of the field)')
  process.exitCode = 2
} else if (existsSync(folder)) {
  console.error(`apps/server/src/modules/${name} stands already.`)
  process.exitCode = 2
} else {
  const title = `${name[0]?.toUpperCase()}${name.slice(1)}`
  for (const file of readdirSync(shape, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.template')) {
      continue
    }
    const target = join(folder, file.replace('.template', '').replace('NAME', name))
    mkdirSync(join(target, '..'), { recursive: true })
    writeFileSync(target, readFileSync(join(shape, file), 'utf8').replaceAll('NAME', name).replaceAll('TITLE', title))
    console.log(`wrote ${target.slice(root.length + 1)}`)
  }
  console.log(
    `Now: place ${name} in the order of tools/shape-rules.ts with its canary, name it in apps/server/src/app.ts, describe its operations in packages/contracts.`,
  )
}
