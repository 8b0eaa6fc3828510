import '@fontsource-variable/inter/wght.css'
import '@sereno/ui/tokens.css'
import '@sereno/ui/base.css'
import './shell/shell.css'
import { startLanguage } from '@sereno/ui'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './api/queries.ts'
import { App } from './shell/app.tsx'
import { startTheme } from './shell/theme.ts'
import { takeTokens } from './shell/tokens.ts'

startTheme(localStorage.getItem('sereno.theme'))
startLanguage(localStorage.getItem('sereno.language'), navigator.languages)
const tokens = takeTokens()
// a link that is pasted into a page already open changes nothing but the hash
addEventListener('hashchange', () => /^#(link|setup)=/.test(location.hash) && location.reload())

const root = document.querySelector('#root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <App tokens={tokens} />
      </QueryClientProvider>
    </StrictMode>,
  )
}
