import '@fontsource-variable/inter/wght.css'
import '@sereno/ui/tokens.css'
import '@sereno/ui/base.css'
import { startLanguage } from '@sereno/ui'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { VerifyPage } from './verify-page.tsx'

startLanguage(localStorage.getItem('sereno.language'), navigator.languages)

const root = document.querySelector('#root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <VerifyPage />
    </StrictMode>,
  )
}
