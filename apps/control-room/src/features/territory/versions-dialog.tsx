import { dateAndTime } from '@sereno/text'
import { Button, Dialog, useLanguage } from '@sereno/ui'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { asked } from '../../api/queries.ts'
import page from '../../shell/page.module.css'
import { useTimeZone } from '../../shell/session.ts'
import type { Ground } from './ground.ts'
import css from './territory.module.css'
import { useTerritoryText } from './text.ts'

type VersionsDialogProps = { readonly onTake: (ground: Ground) => void; readonly onClose: () => void }

/** Every version there was; an earlier one comes back as a new draft, never in its old place. */
export function VersionsDialog({ onTake, onClose }: VersionsDialogProps): ReactElement {
  const text = useTerritoryText().history
  const language = useLanguage()
  const zone = useTimeZone()
  const versions = useQuery(asked('GET /territory/versions', {}))
  const take = useMutation({
    mutationFn: (version: number) => call('GET /territory/versions/:version', { params: { version: String(version) } }),
    onSuccess: ({ areas, places, zones, lines }) => {
      onTake({ areas, places, zones, lines })
      onClose()
    },
  })
  const rows = versions.data?.versions ?? []
  return (
    <Dialog title={text.title} open onClose={onClose}>
      <div className={page.form}>
        <Failure error={versions.error ?? take.error} />
        {versions.data !== undefined && rows.length === 0 ? <p>{text.none}</p> : null}
        <ol className={css.versions}>
          {rows.map(({ version, inForceAt, by, note, sectors, quadrants, places, zones }) => (
            <li key={version}>
              <div>
                <b>{text.version(version)}</b> · {dateAndTime(inForceAt, zone, language)} · {by ?? text.demonstration}
                {note === '' ? null : <p>{note}</p>}
                <p className={page.faint}>{text.counts(sectors, quadrants, places, zones)}</p>
              </div>
              <Button
                busy={take.isPending && take.variables === version}
                label={`${text.use}: ${text.version(version)}`}
                onPress={() => take.mutate(version)}
              >
                {text.use}
              </Button>
            </li>
          ))}
        </ol>
        <p className={page.soft}>{text.useWhy}</p>
      </div>
    </Dialog>
  )
}
