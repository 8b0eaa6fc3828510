import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  plugins: [react()],
  // MapLibre's worker imports a shared module of its own: it must be bundled as an ES module.
  worker: { format: 'es' },
  build: {
    target: 'es2024',
    // older targets make light-dark() a variable that is settled at :root, and a plate could no longer turn its scheme
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    emptyOutDir: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: process.env.SERENO_URL ?? 'http://127.0.0.1:8080', ws: true } },
  },
})
