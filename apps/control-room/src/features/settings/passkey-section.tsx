import { Age, Button, Field } from '@sereno/ui'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import type { Me } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { asked, changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { makePasskey } from '../../shell/passkey.ts'
import { Folded } from './folded.tsx'
import { type Proof, ProofForm } from './proof-form.tsx'
import css from './settings.module.css'
import { useSettingsText } from './text.ts'

export function PasskeySection({ factor }: { readonly factor: Me['factor'] }): ReactElement {
  const text = useSettingsText().passkey
  const list = useQuery(asked('GET /me/passkeys', {}))
  const [name, setName] = useState('')
  const refresh = () => changed('GET /me/passkeys', 'GET /me')
  const add = useMutation({
    mutationFn: async (proof: Proof) => {
      const passkey = await makePasskey(await call('POST /me/passkeys/challenge', { body: proof }))
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
