import type { Share } from '@sereno/contracts'
import { when } from '@sereno/text'
import { Age, Button, Icon, now, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import page from '../../shell/page.module.css'
import { useMay, useSession, useTimeZone } from '../../shell/session.ts'
import css from './cases.module.css'
import type { CaseDeed } from './deed.ts'
import { may, Section, type SectionProps } from './section.tsx'
import { useCasesText } from './text.ts'

export function ShareSection({ file, onDeed }: SectionProps): ReactElement {
  const text = useCasesText()
  const mayShare = may(file, 'case.share')
  return (
    <Section
      title={text.sections.shares}
      empty={file.shares.length === 0 ? text.nothing.shares : null}
      add={mayShare ? { label: text.share.add, icon: 'link', onPress: () => onDeed({ name: 'share' }) } : null}
    >
      <ul className={css.rows}>
        {file.shares.map((share) => (
          <ShareRow key={share.id} share={share} mayShare={mayShare} onDeed={onDeed} />
        ))}
      </ul>
    </Section>
  )
}

type RowProps = { readonly share: Share; readonly mayShare: boolean; readonly onDeed: (deed: CaseDeed) => void }

function ShareRow({ share, mayShare, onDeed }: RowProps): ReactElement {
  const text = useCasesText().share
  const language = useLanguage()
  const zone = useTimeZone()
  const isOpen = share.state === 'open'
  const mayExport = useMay('recording.export')
  const { me } = useSession()
  // Who shared it and may not export leaves the entrance to another person; the server decides it again.
  const mayGive = mayExport || (!share.download && share.createdBy !== me.account.name)
  const ask = (name: 'revoke' | 'entrance' | 'guest-log'): void => onDeed({ name, id: share.id, label: share.name })
  return (
    <li>
      <div className={css.line}>
        <b>{share.name}</b>
        <span className={page.state}>
          <Icon name={isOpen ? 'ok' : 'denied'} size="s" tone={isOpen ? 'ok' : 'stale'} />
          {text.states[share.state]}
        </span>
      </div>
      <p>
        {text.roles[share.role]} · {share.office} · {share.basis}
      </p>
      <p>
        {share.download ? text.copies : text.looksOnly} · {text.expires} {when(share.expiresAt, now(), zone, language)}{' '}
        ·{' '}
        {share.lastSeenAt === null ? (
          text.never
        ) : (
          <>
            {text.looks(share.looks)}, {text.seen} <Age at={share.lastSeenAt} />
            {share.passkey ? ` · ${text.passkey}` : ''}
          </>
        )}
      </p>
      {share.revokedBecause === null ? null : <p>{share.revokedBecause}</p>}
      {mayShare ? (
        <div className={css.quiet}>
          <Button look="quiet" label={`${text.log}: ${share.name}`} onPress={() => ask('guest-log')}>
            {text.log}
          </Button>
          {isOpen ? (
            <>
              {mayGive ? (
                <Button look="quiet" label={`${text.entrance}: ${share.name}`} onPress={() => ask('entrance')}>
                  {text.entrance}
                </Button>
              ) : null}
              <Button look="quiet" label={`${text.revoke}: ${share.name}`} onPress={() => ask('revoke')}>
                {text.revoke}
              </Button>
            </>
          ) : null}
        </div>
      ) : null}
    </li>
  )
}
