import { Button, useText } from '@sereno/ui'
import { type ReactElement, useState } from 'react'
import css from './one-time-link.module.css'

const words = {
  es: {
    copy: 'Copiar',
    copied: 'Copiado',
    note: 'Sirve una sola vez y no se vuelve a mostrar. Entréguelo en persona o por un medio seguro.',
  },
  en: {
    copy: 'Copy',
    copied: 'Copied',
    note: 'It works once and is not shown again. Hand it over in person or by a safe means.',
  },
}

/** A link that opens a session: shown once, copied by a press. */
export function OneTimeLink({ link }: { readonly link: string }): ReactElement {
  const text = useText(words)
  const [copied, setCopied] = useState(false)
  const copy = (): void => void navigator.clipboard.writeText(link).then(() => setCopied(true))
  return (
    <div className={css.link}>
      <code>{link}</code>
      <p>{text.note}</p>
      <div>
        <Button icon="link" onPress={copy}>
          {copied ? text.copied : text.copy}
        </Button>
      </div>
    </div>
  )
}
