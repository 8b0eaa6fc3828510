import { Age, Button } from '@sereno/ui'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { asked, changed } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { makePasskey, wasLeft } from '../../shell/passkey.ts'
import css from './guest.module.css'
import { useGuestText } from './text.ts'

/** The way back without another code: a passkey of this device, good for this case and as long as it is shared. */
export function GuestPasskey(): ReactElement | null {
  const text = useGuestText().passkey
  const list = useQuery(asked('GET /me/passkeys', {}))
  const refresh = () => changed('GET /me/passkeys', 'GET /guest/looks')
  const add = useMutation({
    mutationFn: async () => {
      const passkey = await makePasskey(await call('POST /me/passkeys/challenge', { body: {} }))
      return call('POST /me/passkeys', { body: { name: text.name, passkey } })
    },
    onSuccess: refresh,
  })
  const revoke = useMutation({
    mutationFn: (id: string) => call('POST /me/passkeys/revoke', { body: { id } }),
    onSuccess: refresh,
  })
  const held = list.data?.passkeys ?? []
  if (list.data === undefined || (!list.data.available && held.length === 0)) {
    return null
  }
  return (
    <section className={css.section}>
      <h2>{text.title}</h2>
      <p>{held.length === 0 ? text.why : text.some}</p>
      {held.length === 0 ? null : (
        <ul className={css.rows}>
          {held.map((key) => (
            <li key={key.id}>
              <b>{key.name}</b>
              <span className={page.soft}>
                {key.usedAt === null ? (
                  text.unused
                ) : (
                  <>
                    {text.used} <Age at={key.usedAt} />
                  </>
                )}
              </span>
              <span className={css.end}>
                <Button
                  busy={revoke.isPending}
                  onPress={() => revoke.mutate(key.id)}
                  label={`${text.revoke}: ${key.name}`}
                >
                  {text.revoke}
                </Button>
              </span>
            </li>
          ))}
        </ul>
      )}
      {list.data.available && held.length === 0 ? (
        <div>
          <Button icon="shield" busy={add.isPending} onPress={() => add.mutate()}>
            {text.add}
          </Button>
        </div>
      ) : null}
      <Failure error={wasLeft(add.error) ? null : add.error} />
      <Failure error={revoke.error} />
    </section>
  )
}
