import { Icon } from '@sereno/ui'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, type ReactElement, useId, useState } from 'react'
import { Dialog as AriaDialog } from 'react-aria-components/Dialog'
import { Modal, ModalOverlay } from 'react-aria-components/Modal'
import css from './palette.module.css'
import { usePaletteEntries } from './palette-entries.ts'
import { useShellText } from './text.ts'

const most = 12
const plain = (words: string): string => words.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()

type PaletteProps = { readonly onClose: () => void; readonly onHelp: () => void }

/** One field for everything: sections, officers on duty, open alarms, commands. Arrows choose, Enter goes. */
export function Palette({ onClose, onHelp }: PaletteProps): ReactElement {
  const text = useShellText()
  const navigate = useNavigate()
  const listId = useId()
  const [words, setWords] = useState('')
  const [chosen, setChosen] = useState(0)
  const parts = plain(words).split(/\s+/).filter(Boolean)
  const found = usePaletteEntries({ navigate, onHelp })
    .filter(({ title, detail }) => parts.every((part) => plain(`${title} ${detail}`).includes(part)))
    .slice(0, most)
  const at = Math.min(chosen, Math.max(0, found.length - 1))
  const run = (index: number): void => {
    onClose()
    found[index]?.run()
  }
  const press = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setChosen((at + step + found.length) % Math.max(1, found.length))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      run(at)
    }
  }
  return (
    <ModalOverlay
      className={css.overlay ?? ''}
      isOpen
      isDismissable
      onOpenChange={(open) => (open ? undefined : onClose())}
    >
      <Modal className={css.modal ?? ''}>
        <AriaDialog className={css.dialog ?? ''} aria-label={text.search}>
          <div className={css.field}>
            <Icon name="search" />
            <input
              role="combobox"
              aria-label={text.search}
              aria-expanded="true"
              aria-controls={listId}
              aria-activedescendant={found.length === 0 ? undefined : `${listId}-${at}`}
              // biome-ignore lint/a11y/noAutofocus: the person just asked for this field
              autoFocus
              value={words}
              onChange={(event) => {
                setWords(event.target.value)
                setChosen(0)
              }}
              onKeyDown={press}
            />
          </div>
          <div role="listbox" id={listId} aria-label={text.results} className={css.list}>
            {found.map((entry, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: keys act on the combo box that owns this list
              <div
                key={entry.id}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={index === at}
                tabIndex={-1}
                onClick={() => run(index)}
              >
                <Icon name={entry.icon} />
                <b>{entry.title}</b>
                <span>{entry.detail}</span>
              </div>
            ))}
          </div>
          {found.length === 0 ? <p className={css.none}>{text.nothingFound}</p> : null}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
