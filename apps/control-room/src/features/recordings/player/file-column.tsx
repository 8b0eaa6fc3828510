import { bytes, names } from '@sereno/text'
import { Button, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import type { RecordingFile } from '../../../api/api.ts'
import { keyPrint } from '../../../shell/keys.ts'
import { RecordingFiles } from '../../intake/recording-files.tsx'
import { RecordingRetention } from '../../retention/recording-retention.tsx'
import type { Axis } from './axis.ts'
import { CaseActions } from './case-actions.tsx'
import { CustodyList } from './custody-list.tsx'
import { RecordingDialog } from './dialogs.tsx'
import css from './file-column.module.css'
import type { Playback } from './playback.ts'
import { PurposePanel } from './purpose-panel.tsx'
import { usePlayerText } from './text.ts'
import type { Looking } from './use-look.ts'
import { useViewer } from './viewer.ts'

type FileColumnProps = {
  readonly file: RecordingFile
  readonly axis: Axis
  readonly playback: Playback
  readonly look: Looking
  readonly dialog: string | null
  readonly onDialog: (dialog: string | null) => void
}

/** The recording's file: purpose, facts, custody, and what `may` says can be done. */
export function FileColumn({ file, axis, playback, look, dialog, onDialog }: FileColumnProps): ReactElement {
  const text = usePlayerText()
  const language = useLanguage()
  const { recording } = file
  const { filesName } = useViewer()
  const may = (what: string): boolean => recording.may.includes(what)
  const unsealed = recording.state !== 'sealed'
  return (
    <aside className={css.file} aria-label={text.file} data-region="file">
      <PurposePanel file={file} look={look} />
      <div>
        <dl className={css.facts}>
          <Fact
            name={text.facts.category}
            value={recording.category === null ? text.facts.none : names(language).category[recording.category]}
          />
          <Fact name={text.facts.note} value={recording.note ?? text.facts.none} />
          <Fact name={text.facts.quadrant} value={recording.quadrant?.code ?? text.facts.none} spare />
          <Fact name={text.facts.size} value={bytes(recording.sizeBytes, language)} spare />
          {recording.manifestSha256 === null ? null : (
            <Fact name={text.facts.manifest} value={`sha-256 ${groups(recording.manifestSha256)}`} spare />
          )}
        </dl>
        <RecordingRetention recording={recording.id} />
      </div>
      {recording.shape === 'files' ? <RecordingFiles recording={recording.id} operation={filesName} /> : null}
      <CustodyList recording={recording} entry={look.look?.entry ?? null} />
      <section className={css.actions} aria-label={text.actions.label}>
        {may('recording.export') ? (
          <Button icon="package" keys={keyPrint('export', language)} shortcut="E" onPress={() => onDialog('export')}>
            {text.actions.export}
          </Button>
        ) : null}
        {may('recording.mark') ? (
          <>
            <Button icon="mark" keys={keyPrint('mark', language)} shortcut="M" onPress={() => onDialog('mark')}>
              {text.actions.mark}
            </Button>
            <Button icon="ledger" onPress={() => onDialog('category')}>
              {text.actions.category}
            </Button>
          </>
        ) : null}
        <CaseActions sealed={!unsealed} onDialog={onDialog} />
        {may('recording.seal') && unsealed ? (
          <>
            <Button icon="verify" onPress={() => onDialog('seal')}>
              {text.actions.seal}
            </Button>
            {recording.missing > 0 ? (
              <Button icon="gap" onPress={() => onDialog('gap')}>
                {text.actions.gap}
              </Button>
            ) : null}
          </>
        ) : null}
        <Button
          icon="shield"
          keys={keyPrint('verify', language)}
          shortcut="V"
          onPress={() => window.open('/verify', '_blank', 'noopener')}
        >
          {text.actions.verify}
        </Button>
      </section>
      <RecordingDialog
        name={dialog}
        file={file}
        axis={axis}
        playback={playback}
        look={look.look?.look ?? null}
        onClose={() => onDialog(null)}
      />
    </aside>
  )
}

type FactProps = { readonly name: string; readonly value: string; readonly spare?: boolean }
const Fact = ({ name, value, spare }: FactProps): ReactElement => (
  <>
    <dt className={spare === true ? css.spare : undefined}>{name}</dt>
    <dd className={spare === true ? css.spare : undefined} title={value}>
      {value}
    </dd>
  </>
)

const groups = (hex: string): string => `${hex.slice(0, 4)} ${hex.slice(4, 8)} … ${hex.slice(-4)}`
