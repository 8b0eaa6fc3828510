import { Button, Dialog, Kbd, useLanguage } from '@sereno/ui'
import type { ReactElement } from 'react'
import css from './help.module.css'
import { type KeyName, keys, type Screen } from './keys.ts'
import { useShellText } from './text.ts'

const screens: readonly Screen[] = ['everywhere', 'operations', 'recording']

/** The table of keys, as it acts. */
export function HelpOverlay({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }): ReactElement {
  const text = useShellText().help
  const language = useLanguage()
  const namesOf = (screen: Screen): KeyName[] =>
    (Object.keys(keys) as KeyName[]).filter((name) => keys[name].screen === screen)
  return (
    <Dialog title={text.title} open={open} onClose={onClose} wide>
      <div className={css.screens}>
        {screens.map((screen) => (
          <section key={screen}>
            <h3>{text[screen]}</h3>
            <dl>
              {namesOf(screen).map((name) => (
                <div key={name}>
                  <dt>
                    <Kbd keys={keys[name][language]} />
                    <span className="visually-hidden">{keys[name][language]}</span>
                  </dt>
                  <dd>{keys[name].does[language]}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className={css.note}>{text.letters}</p>
      <div>
        <Button onPress={onClose} autoFocus>
          {text.close}
        </Button>
      </div>
    </Dialog>
  )
}
