import { Button, Field } from '@sereno/ui'
import { type FormEvent, type ReactElement, useState } from 'react'
import type { Area, Zone } from '../../api/api.ts'
import page from '../../shell/page.module.css'
import { type Ground, nameArea, nameZone, remove, split } from './ground.ts'
import { useTerritoryText } from './text.ts'

type AreaFormProps = {
  readonly area: Area | Zone
  readonly ground: Ground
  readonly onChange: (next: Ground) => void
  readonly onChoose: (id: string | null) => void
}

const mostParts = 60

/** Code and name of an area, its removal, and of a sector the cut into quadrants. */
export function AreaForm({ area, ground, onChange, onChoose }: AreaFormProps): ReactElement {
  const text = useTerritoryText()
  const [code, setCode] = useState('code' in area ? area.code : '')
  const [name, setName] = useState(area.name)
  const children = ground.areas.filter((other) => other.parent === area.id).length
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onChange(
      'code' in area
        ? nameArea(ground, area.id, { code: code.trim(), name: name.trim() })
        : nameZone(ground, area.id, name.trim()),
    )
  }
  const takeAway = (): void => {
    onChange(remove(ground, area.id))
    onChoose(null)
  }
  return (
    <>
      <form className={page.form} onSubmit={submit}>
        {'code' in area ? <Field label={text.code} value={code} onChange={setCode} maxLength={20} required /> : null}
        <Field label={text.name} value={name} onChange={setName} maxLength={120} required />
        <div className={page.row}>
          <Button type="submit">{text.save}</Button>
          <Button look="danger" onPress={takeAway}>
            {area.kind === 'sector' && children > 0 ? text.removeWith(children) : text.remove}
          </Button>
        </div>
      </form>
      {area.kind === 'sector' ? <SplitForm sector={area.id} ground={ground} onChange={onChange} /> : null}
    </>
  )
}

type SplitFormProps = Pick<AreaFormProps, 'ground' | 'onChange'> & { readonly sector: string }

function SplitForm({ sector, ground, onChange }: SplitFormProps): ReactElement {
  const text = useTerritoryText()
  const [parts, setParts] = useState('10')
  const [failed, setFailed] = useState(false)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const number = Math.min(mostParts, Math.max(1, Math.round(Number(parts))))
    const next = split(ground, sector, number, () => crypto.randomUUID())
    setFailed(next === null)
    if (next !== null) {
      onChange(next)
    }
  }
  return (
    <form className={page.form} onSubmit={submit}>
      <Field
        label={text.splitInto}
        hint={text.splitHint}
        value={parts}
        onChange={setParts}
        type="number"
        inputMode="numeric"
        required
        {...(failed ? { error: text.splitFailed } : {})}
      />
      <div>
        <Button type="submit">{text.split}</Button>
      </div>
    </form>
  )
}
