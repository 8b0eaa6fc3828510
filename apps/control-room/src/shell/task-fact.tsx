import { names } from '@sereno/text'
import { Button, Countdown, useLanguage, useSeconds } from '@sereno/ui'
import { useMutation, useMutationState } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { endingTask, useTask } from './task.ts'
import { useShellText } from './text.ts'
import css from './top-bar.module.css'

/** What is remembered as the reason of the next look, for how long, and the way to put it down. */
export function TaskFact(): ReactElement | null {
  const text = useShellText().task
  const language = useLanguage()
  const task = useTask()
  const end = useMutation(endingTask)
  const went = useMutationState({
    filters: { mutationKey: endingTask.mutationKey },
    select: ({ state }) => state.status,
  }).at(-1)
  useSeconds()
  if (task === null) {
    return null
  }
  const purpose = names(language).purpose[task.purpose]
  return (
    <section className={css.task} aria-label={text.title}>
      <p className={css.fact}>
        <b>
          {purpose}
          {task.reference === null ? '' : ` · ${task.reference}`}
        </b>
        {went === 'error' ? (
          <span role="alert">{text.notEnded}</span>
        ) : (
          <span>
            {text.title}, <Countdown to={task.endsAt} />
          </span>
        )}
      </p>
      <Button busy={went === 'pending'} onPress={() => end.mutate()} label={`${text.end}: ${purpose}`}>
        {text.end}
      </Button>
    </section>
  )
}
