/**
 * The offline verifier: one page without a network. The same script is the page and, from the page's own memory, the
 * worker that reads gigabytes; nothing is loaded from anywhere.
 */
import { answerQuestions } from './check.ts'
import { showPage } from './page.ts'

if (typeof document === 'undefined') {
  answerQuestions()
} else {
  const code = document.currentScript?.textContent ?? ''
  showPage(document, navigator.languages, () => {
    const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
    return new Worker(url)
  })
}
