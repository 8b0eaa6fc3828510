import { useText } from '@sereno/ui'
import { queryOptions, useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { en } from './text.en.ts'
import { es } from './text.es.ts'
import css from './verify.module.css'

/** SHA-256 of the verifier as this server hands it out, computed here from its bytes. */
const verifierHash = queryOptions({
  queryKey: ['verify.html', 'sha256'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async ({ signal }) => {
    const answer = await fetch('/verify.html', { signal })
    if (!answer.ok) {
      throw new Error(`verify.html: ${answer.status}`)
    }
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await answer.arrayBuffer()))
    return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  },
})

/** Where the offline verifier is, and the hash to compare with its release before trusting it. */
export function VerifierLink(): ReactElement {
  const text = useText({ es, en })
  const { data } = useQuery(verifierHash)
  return (
    <p className={css.line}>
      <a href="/verify.html" target="_blank" rel="noreferrer">
        {text.open}
      </a>{' '}
      ·{' '}
      <a href="/verify.html" download="verify.html">
        {text.save}
      </a>
      {data === undefined ? null : (
        <>
          {' '}
          · SHA-256 <code className={css.hash}>{data}</code>
        </>
      )}
    </p>
  )
}
