import '@fontsource-variable/inter/wght.css'
import '@sereno/ui/tokens.css'
import './glass/index.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import EngineWorker from './engine/worker.ts?worker'
import { readBuild } from './offline/build.ts'
import { registerServiceWorker } from './offline/register.ts'
import { createPhone } from './phone/phone.ts'
import { App, Redraw } from './ui/app.tsx'
import { PhoneContext } from './ui/context.ts'

const root = document.querySelector('#root')
if (root === null) {
  throw new Error('the page has no root')
}
registerServiceWorker()
const build = await readBuild()
// made before React and kept outside it: a screen that fails does not take the recorder with it
const phone = createPhone({ worker: new EngineWorker(), build: build.sha256, appVersion: build.version })
createRoot(root).render(
  <StrictMode>
    <Redraw>
      <PhoneContext value={phone}>
        <App />
      </PhoneContext>
    </Redraw>
  </StrictMode>,
)
