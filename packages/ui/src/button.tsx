import type { ReactElement, ReactNode } from 'react'
import { Button as AriaButton } from 'react-aria-components/Button'
import css from './button.module.css'
import { Icon } from './icon.tsx'
import type { IconName } from './icons.ts'
import { Kbd } from './kbd.tsx'

type ButtonProps = {
  readonly children: ReactNode
  readonly onPress?: () => void
  readonly type?: 'button' | 'submit'
  /** `next` is the lantern: the one next step of a screen. `quiet` has no edge until it is touched. */
  readonly look?: 'plain' | 'next' | 'go' | 'quiet' | 'danger'
  readonly icon?: IconName
  /** Shown as a key and told to assistive technology. */
  readonly keys?: string
  readonly shortcut?: string
  readonly small?: string
  readonly disabled?: boolean
  readonly busy?: boolean
  readonly autoFocus?: boolean
  readonly label?: string
  readonly wide?: boolean
}

export function Button(props: ButtonProps): ReactElement {
  const { children, look = 'plain', icon, keys, shortcut, small, label } = props
  return (
    <AriaButton
      className={`${css.button} ${css[look]} ${props.wide === true ? css.wide : ''}`}
      type={props.type ?? 'button'}
      isDisabled={props.disabled === true}
      isPending={props.busy === true}
      autoFocus={props.autoFocus === true}
      {...(props.onPress === undefined ? {} : { onPress: props.onPress })}
      {...(label === undefined ? {} : { 'aria-label': label })}
      {...(shortcut === undefined ? {} : { 'aria-keyshortcuts': shortcut })}
    >
      {icon === undefined ? null : <Icon name={icon} />}
      <span className={css.words}>
        {children}
        {small === undefined ? null : <small>{small}</small>}
      </span>
      {keys === undefined ? null : <Kbd keys={keys} />}
    </AriaButton>
  )
}
