import type { ReactElement, ReactNode } from 'react'
import css from './context.module.css'

export type Fact = { readonly name: string; readonly value: ReactNode; readonly age?: ReactNode }

/** Facts with their ages, read from top to bottom. */
export const Facts = ({ facts }: { readonly facts: readonly Fact[] }): ReactElement => (
  <dl className={css.facts}>
    {facts.map(({ name, value, age }) => (
      <FactRow key={name} name={name} value={value} age={age} />
    ))}
  </dl>
)

function FactRow({ name, value, age }: Fact): ReactElement {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {value}
        {age === undefined || age === null ? null : <span data-age> · {age}</span>}
      </dd>
    </>
  )
}
