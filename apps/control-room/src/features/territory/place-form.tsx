import { Button, Field, Select } from '@sereno/ui'
import { type FormEvent, type ReactElement, useState } from 'react'
import type { Place } from '../../api/api.ts'
import page from '../../shell/page.module.css'
import { type Ground, putPlace, remove } from './ground.ts'
import { placeKinds } from './layers.ts'
import { useTerritoryText } from './text.ts'

type PlaceFormProps = {
  readonly place: Place
  readonly ground: Ground
  readonly moving: boolean
  readonly onMove: (place: string | null) => void
  readonly onChange: (next: Ground) => void
}

/** A place by its name, kind and point: on the map, or written as degrees. */
export function PlaceForm({ place, ground, moving, onMove, onChange }: PlaceFormProps): ReactElement {
  const text = useTerritoryText()
  const [name, setName] = useState(place.name)
  const [kind, setKind] = useState(place.kind)
  const [longitude, setLongitude] = useState(String(place.longitude))
  const [latitude, setLatitude] = useState(String(place.latitude))
  const at = { longitude: degrees(longitude, 180), latitude: degrees(latitude, 90) }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (at.longitude !== null && at.latitude !== null) {
      onMove(null)
      onChange(
        putPlace(ground, { id: place.id, kind, name: name.trim(), longitude: at.longitude, latitude: at.latitude }),
      )
    }
  }
  const wrong = (value: number | null): { readonly error?: string } => (value === null ? { error: text.badNumber } : {})
  const kinds = (placeKinds as readonly string[]).includes(kind) ? placeKinds : [...placeKinds, kind]
  return (
    <form className={page.form} onSubmit={submit}>
      <Field label={text.name} value={name} onChange={setName} maxLength={120} required />
      <Select
        label={text.kind}
        value={kind}
        onChange={setKind}
        options={kinds.map((value) => ({ value, label: text.placeKinds[value] ?? value }))}
      />
      <Field
        label={text.latitude}
        hint={text.coordinatesHint}
        value={latitude}
        onChange={setLatitude}
        inputMode="decimal"
        required
        {...wrong(at.latitude)}
      />
      <Field
        label={text.longitude}
        value={longitude}
        onChange={setLongitude}
        inputMode="decimal"
        required
        {...wrong(at.longitude)}
      />
      {moving ? <p role="status">{text.moving}</p> : null}
      <div className={page.row}>
        <Button type="submit">{text.save}</Button>
        <Button onPress={() => onMove(moving ? null : place.id)}>{moving ? text.cancel : text.move}</Button>
        <Button look="danger" onPress={() => onChange(remove(ground, place.id))}>
          {text.remove}
        </Button>
      </div>
    </form>
  )
}

function degrees(written: string, most: number): number | null {
  const value = Number(written.trim().replace('−', '-').replace(',', '.'))
  return written.trim() === '' || !Number.isFinite(value) || Math.abs(value) > most ? null : value
}
