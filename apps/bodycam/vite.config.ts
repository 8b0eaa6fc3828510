import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const here = new URL('.', import.meta.url)

/**
 * Writes `build.json` (version and SHA-256 over names and contents of all files: what capture statements name as the
 * build) and `sw.js` (the files to keep for starting without a network).
 */
function offline(): Plugin {
  return {
    name: 'sereno-offline',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const publicFolder = new URL('public/', here)
      const files = new Map<string, string | Uint8Array>()
      for (const [name, output] of Object.entries(bundle)) {
        files.set(name, output.type === 'chunk' ? output.code : output.source)
      }
      for (const name of readdirSync(publicFolder)) {
        files.set(name, readFileSync(new URL(name, publicFolder)))
      }
      const hash = createHash('sha256')
      for (const name of [...files.keys()].sort()) {
        const content = createHash('sha256')
          .update(files.get(name) ?? '')
          .digest('hex')
        hash.update(`${name}\0${content}\n`)
      }
      const sha256 = hash.digest('hex')
      const { version } = JSON.parse(readFileSync(new URL('package.json', here), 'utf8')) as { version: string }
      this.emitFile({ type: 'asset', fileName: 'build.json', source: JSON.stringify({ version, sha256 }) })
      const kept = ['', ...files.keys(), 'build.json'].filter((name) => name !== 'index.html' && !name.endsWith('.map'))
      const worker = readFileSync(new URL('src/offline/service-worker.js', here), 'utf8')
        .replace('__FILES__', JSON.stringify(kept))
        .replace('__CACHE__', JSON.stringify(`bodycam-${sha256.slice(0, 16)}`))
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: worker })
    },
  }
}

export default defineConfig({
  root: here.pathname,
  base: '/bodycam/',
  plugins: [react(), offline()],
  worker: { format: 'es' },
  build: {
    target: 'es2024',
    // older targets make light-dark() a variable that is settled at :root, and a plate can no longer turn its scheme
    cssTarget: 'chrome130',
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: false,
  },
})
