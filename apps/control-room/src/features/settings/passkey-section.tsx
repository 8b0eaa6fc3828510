import { Age, Button, Field } from '@sereno/ui'
import { startRegistration } from '@simplewebauthn/browser'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { Given, Me, Reply } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { asked, changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { Folded } from './folded.tsx'
import { type Proof, ProofForm } from './proof-form.tsx'
import css from './settings.module.css'
import { useSettingsText } from './text.ts'

type New = Given<'POST /me/passkeys'>['body']['passkey']
type Begun = Reply<'POST /me/passkeys/challenge'>

/** Discoverable and verified by the device: one passkey stands for password and code together. */
async function make(begun: Begun): Promise<New> {
  return startRegistration({
    optionsJSON: {
      challenge: begun.challenge,
      rp: { id: begun.rpId, name: begun.rpName },
      user: { id: begun.userId, name: begun.userName, displayName: begun.userDisplayName },
      pubKeyCredParams: begun.algorithms.map((alg) => ({ alg, type: 'public-key' })),
      excludeCredentials: begun.exclude.map((id) => ({ id, type: 'public-key' })),
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      attestation: 'none',
      timeout: begun.timeoutMs,
    },
  }) as Promise<New>
}

export function PasskeySection({ factor }: { readonly factor: Me['factor'] }): ReactElement {
  const text = useSettingsText().passkey
  const list = useQuery(asked('GET /me/passkeys', {}))
  const [name, setName] = useState('')
  const refresh = () => changed('GET /me/passkeys', 'GET /me')
  const add = useMutation({
    mutationFn: async (proof: Proof) => {
      const passkey = await make(await call('POST /me/passkeys/challenge', { body: proof }))
      return call('POST /me/passkeys', { body: { name: name.trim() === '' ? text.defaultName : name.trim(), passkey } })
    },
    onSuccess: refresh,
  })
  const revoke = useMutation({
    mutationFn: (id: string) => call('POST /me/passkeys/revoke', { body: { id } }),
    onSuccess: refresh,
  })
  const held = list.data?.passkeys ?? []
  return (
    <section className={css.section}>
      <h2>{text.title}</h2>
      <div className={page.form}>
        <p className={page.soft}>{held.length === 0 ? text.none : text.some}</p>
        {held.map((key) => (
          <div key={key.id} className={page.row}>
            <b>{key.name}</b>
            <span className={page.soft}>
              {key.usedAt === null ? text.unused : <Age at={key.usedAt} />} · {key.synced ? text.synced : text.bound}
            </span>
            <Button look="quiet" onPress={() => revoke.mutate(key.id)} label={`${text.revoke}: ${key.name}`}>
              {text.revoke}
            </Button>
          </div>
        ))}
        <Failure error={revoke.error} />
        {list.data?.available === true ? (
          <Folded ask={text.add} said={add.isSuccess ? text.added : null}>
            <div className={page.form}>
              <Field label={text.name} hint={text.nameHint} value={name} onChange={setName} maxLength={60} />
              <ProofForm hasCode={factor.code} busy={add.isPending} onProof={add.mutate} />
              <Failure error={add.error} />
            </div>
          </Folded>
        ) : (
          <p>
            {text.elsewhere}{' '}
            {list.data?.availableAt == null ? (
              text.needsName
            ) : (
              <a href={list.data.availableAt}>{list.data.availableAt}</a>
            )}
          </p>
        )}
      </div>
    </section>
  )
}
