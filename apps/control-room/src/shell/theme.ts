import { liveValue } from '@sereno/ui'

/** Night by default (a dark room, twelve hours); `T` turns the light, this machine remembers. */
export type Theme = 'night' | 'day'
const theme = liveValue<Theme>('night')

export function startTheme(stored: string | null): void {
  const wanted = new URLSearchParams(location.search).get('theme') ?? stored
  apply(wanted === 'day' ? 'day' : 'night')
}

export function turnTheme(): void {
  apply(theme.get() === 'night' ? 'day' : 'night')
  localStorage.setItem('sereno.theme', theme.get())
}

export const onTheme = theme.subscribe

function apply(next: Theme): void {
  document.documentElement.dataset.theme = next
  theme.set(next)
}
