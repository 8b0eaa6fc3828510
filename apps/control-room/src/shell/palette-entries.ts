import { names } from '@sereno/text'
import { type IconName, useLanguage, useLive } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import type { useNavigate } from '@tanstack/react-router'
import { turnLanguage } from './language.ts'
import { sectionsFor } from './sections.ts'
import { useSession } from './session.ts'
import { signOut } from './sign-out.ts'
import { endingTask, useTask } from './task.ts'
import { useShellText } from './text.ts'
import { turnTheme } from './theme.ts'

export type PaletteEntry = {
  readonly id: string
  readonly title: string
  readonly detail: string
  readonly icon: IconName
  readonly run: () => void
}

type Hands = { readonly navigate: ReturnType<typeof useNavigate>; readonly onHelp: () => void }

/** Everything the palette can find now: open alarms first, then sections, the task in hand, officers and commands. */
export function usePaletteEntries({ navigate, onHelp }: Hands): readonly PaletteEntry[] {
  const text = useShellText()
  const language = useLanguage()
  const { live, me } = useSession()
  const alarms = useLive(live.room.alarms).filter(({ closedAt }) => closedAt === null)
  const units = useLive(live.room.units)
  const task = useTask()
  const end = useMutation(endingTask)
  const words = names(language)
  return [
    ...alarms.map(
      (alarm): PaletteEntry => ({
        id: alarm.id,
        title: `${words.alarm[alarm.kind]} ${alarm.officer?.code ?? alarm.deviceCode ?? ''}`,
        detail: text.kinds.alarm,
        icon: alarm.kind === 'sos' ? 'sos' : 'warning',
        run: () => void navigate({ to: '/', search: { alarm: alarm.id } }),
      }),
    ),
    ...sectionsFor(me.permissions).map(
      ({ name, to, icon }): PaletteEntry => ({
        id: name,
        title: text.sections[name],
        detail: text.kinds.section,
        icon,
        run: () => void navigate({ to }),
      }),
    ),
    ...(task === null
      ? []
      : [
          {
            id: 'task',
            title: text.task.end,
            detail: [words.purpose[task.purpose], task.reference].filter((word) => word !== null).join(' · '),
            icon: 'check',
            run: () => end.mutate(),
          } satisfies PaletteEntry,
        ]),
    ...units.map(
      (unit): PaletteEntry => ({
        id: unit.device,
        title: `${unit.officer.code} ${unit.officer.name}`,
        detail: `${words.unitStatus[unit.status]} · ${unit.deviceCode}`,
        icon: 'person',
        run: () => void navigate({ to: '/', search: { unit: unit.device } }),
      }),
    ),
    {
      id: 'settings',
      title: text.sections.settings,
      detail: text.kinds.section,
      icon: 'gear',
      run: () => void navigate({ to: '/settings' }),
    },
    {
      id: 'verify',
      title: text.verify,
      detail: text.kinds.section,
      icon: 'verify',
      run: () => location.assign('/verify'),
    },
    { id: 'theme', title: text.commands.theme, detail: text.kinds.command, icon: 'eye', run: turnTheme },
    {
      id: 'language',
      title: text.commands.language,
      detail: text.kinds.command,
      icon: 'ledger',
      run: () => turnLanguage(language),
    },
    { id: 'keys', title: text.commands.keys, detail: text.kinds.command, icon: 'table', run: onHelp },
    { id: 'out', title: text.commands.signOut, detail: text.kinds.command, icon: 'close', run: signOut },
  ]
}
