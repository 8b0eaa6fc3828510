import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { defineConfig, type Plugin } from 'vite'

const here = (path: string): string => new URL(path, import.meta.url).pathname

/**
 * One file with everything inside and nothing outside: the policy allows the one script and the one style by their hashes,
 * workers made from the page's own memory, and no connection at all. Not minified, so that whoever audits the file reads
 * what was written. Same sources, same bytes.
 */
export default defineConfig({
  root: here('.'),
  plugins: [singleFile()],
  build: {
    target: 'es2024',
    minify: false,
    emptyOutDir: true,
    reportCompressedSize: false,
    rolldownOptions: {
      input: here('src/main.ts'),
      output: { format: 'iife', entryFileNames: 'verify.js', comments: false },
    },
  },
})

function singleFile(): Plugin {
  return {
    name: 'single-file',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle)
      const [script] = chunks
      if (chunks.length !== 1 || script?.type !== 'chunk') {
        this.error('the verifier is one script')
      }
      delete bundle[script.fileName]
      const source = assemble(script.code, style(), licencesOf(Object.keys(script.modules)))
      this.emitFile({ type: 'asset', fileName: 'verify.html', source })
    },
  }
}

/** What others wrote goes with their names and terms, as those terms ask. */
function licencesOf(modules: readonly string[]): string {
  const folders = new Set(modules.flatMap((id) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []))
  const texts = [...folders].sort().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one))
    const text = file === undefined ? '' : readFileSync(`${folder}/${file}`, 'utf8').trim()
    if (text === '' || text.includes('--')) {
      throw new Error(`${name} has no licence that can be shown`)
    }
    return `${name} ${version}\n\n${text}`
  })
  return `\n${texts.join('\n\n\n')}\n`
}

function style(): string {
  const sheets = ['../../packages/ui/src/tokens.css', '../../packages/ui/src/base.css', 'src/verify.css']
  return sheets.map((path) => readFileSync(here(path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/\n?/g, '')).join('')
}

function assemble(script: string, css: string, licences: string): string {
  const inline = [script, css].map((text) => `\n${text.trim()}\n`)
  const [code = '', sheet = ''] = inline
  // What would end the element early, or open a comment in it, cannot stand in an inline script.
  if (/<\/script|<!--/i.test(code) || /<\/style/i.test(sheet)) {
    throw new Error('the script or the style would end early')
  }
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(code)}'`,
    `style-src '${hashOf(sheet)}'`,
    'img-src data:',
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const parts: Readonly<Record<string, string>> = { POLICY: policy, STYLE: sheet, SCRIPT: code, LICENCES: licences }
  return readFileSync(here('template.html'), 'utf8').replaceAll(
    /\/\*__(STYLE|SCRIPT)__\*\/|__(POLICY|LICENCES)__/g,
    (whole, inline: string | undefined, policyName: string | undefined) => parts[inline ?? policyName ?? ''] ?? whole,
  )
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
