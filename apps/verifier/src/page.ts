/** The page: two files in, one report out. It is drawn anew at each change; there is nothing to keep but what is below. */
import type { DerivativeVerification, Verification } from '@sereno/proof'
import { bytes, type Language, preferredLanguage } from '@sereno/text'
import type { Answer, Question } from './check.ts'
import { button, element } from './element.ts'
import { derivativeReportOf, reportOf } from './report.ts'
import { type Words, wordsOf } from './words.ts'

type State =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'working'; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly kind: 'done'; readonly verification: Verification }
  | { readonly kind: 'derivative'; readonly verification: DerivativeVerification }
  | { readonly kind: 'unreadable'; readonly what: 'package' | 'trust' }

/** Draws the page and answers to what is dropped on it. `startWorker` makes a checker for one verification. */
export function showPage(page: Document, languages: readonly string[], startWorker: () => Worker): void {
  let language: Language = preferredLanguage(languages)
  let state: State = { kind: 'waiting' }
  let pack: File | null = null
  let trust: File | null = null
  let lineage: File | null = null
  let worker: Worker | null = null
  const told = element('div', { 'aria-live': 'polite' })

  async function take(files: readonly File[]): Promise<void> {
    for (const file of files) {
      if (!file.name.endsWith('.json')) {
        pack = file
      } else if (await isLineage(file)) {
        lineage = file
      } else {
        trust = file
      }
    }
    if (pack !== null && (lineage !== null || !isPicture(pack))) {
      start(pack)
    }
    draw()
  }

  function start(file: File): void {
    end({ kind: 'working', doneBytes: 0, totalBytes: file.size })
    const started = startWorker()
    worker = started
    started.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      if (data.type === 'progress') {
        state = { kind: 'working', doneBytes: data.doneBytes, totalBytes: data.totalBytes }
      } else {
        end(stateAfter(data))
      }
      tell()
    })
    started.addEventListener('error', () => {
      end({ kind: 'unreadable', what: 'package' })
      tell()
    })
    started.postMessage({ file, trust, lineage: isPicture(file) ? lineage : null } satisfies Question)
  }

  function end(next: State): void {
    worker?.terminate()
    worker = null
    state = next
  }

  /** What is going on, alone: the rest of the page keeps its focus. */
  function tell(): void {
    const words = wordsOf(language)
    const bar = told.querySelector('progress')
    if (state.kind === 'working' && bar !== null) {
      bar.value = state.doneBytes
      bar.max = Math.max(1, state.totalBytes)
      const figures = told.querySelector('[data-figures]')
      figures?.replaceChildren(words.done(bytes(state.doneBytes, language), bytes(state.totalBytes, language)))
      return
    }
    told.replaceChildren(...toldOf(words))
  }

  function toldOf(words: Words): readonly Node[] {
    switch (state.kind) {
      case 'waiting':
        return pack === null ? [] : [element('p', {}, words.lineageMissing)]
      case 'cancelled':
        return [element('p', {}, words.cancelled)]
      case 'unreadable':
        return [element('p', { class: 'fails' }, words.unreadable[state.what])]
      case 'done':
        return [reportOf(state.verification, words, language)]
      case 'derivative':
        return [derivativeReportOf(state.verification, words, language)]
      case 'working': {
        const bar = element('progress', { id: 'progress', max: String(Math.max(1, state.totalBytes)) })
        bar.value = state.doneBytes
        const cancel = button(words.cancel, () => {
          end({ kind: 'cancelled' })
          tell()
        })
        const label = element('label', { for: 'progress' }, words.working(pack?.name ?? ''))
        // Not announced again and again: the bar says it to whoever asks.
        const figures = element('p', { 'data-figures': '', 'aria-hidden': 'true' })
        return [element('div', { class: 'working' }, label, bar, figures, cancel)]
      }
    }
  }

  function draw(): void {
    const words = wordsOf(language)
    page.documentElement.lang = language === 'es' ? 'es-PE' : 'en'
    page.title = `${words.title} · Sereno`
    const change = button(words.language, () => {
      language = language === 'es' ? 'en' : 'es'
      draw()
    })
    change.lang = language === 'es' ? 'en' : 'es'
    tell()
    if (state.kind !== 'working') {
      told.replaceChildren(...toldOf(words))
    }
    page.body.replaceChildren(
      element(
        'div',
        { class: 'page' },
        element('header', { class: 'head' }, element('h1', {}, words.title), change),
        element(
          'main',
          { class: 'main' },
          element('p', { class: 'lead' }, words.lead),
          dropOf(words),
          told,
          element('p', { class: 'limits' }, words.limits),
          element('p', { class: 'limits' }, words.itself),
        ),
      ),
    )
  }

  function dropOf(words: Words): HTMLElement {
    const input = element('input', {
      type: 'file',
      class: 'visually-hidden',
      accept: '.zip,.json,.mp4,.png',
      tabindex: '-1',
    })
    input.multiple = true
    input.setAttribute('aria-label', words.choose)
    input.addEventListener('change', () => void take([...(input.files ?? [])]))
    const chosen = element(
      'dl',
      { class: 'chosen' },
      element('dt', {}, words.package),
      element('dd', {}, pack?.name ?? '–'),
      ...(pack !== null && isPicture(pack)
        ? [element('dt', {}, words.lineage), element('dd', {}, lineage?.name ?? '–')]
        : []),
      element('dt', {}, words.trust),
      element('dd', {}, trust?.name ?? words.noTrust),
    )
    const choose = button(words.choose, () => input.click(), 'next')
    return element(
      'section',
      { class: 'drop', 'aria-label': words.choose },
      element('p', {}, words.drop),
      input,
      choose,
      chosen,
    )
  }

  // Anywhere on the page: whoever misses the frame must not see the browser open the package instead.
  page.addEventListener('dragover', (event) => event.preventDefault())
  page.addEventListener('drop', (event) => {
    event.preventDefault()
    void take([...(event.dataTransfer?.files ?? [])])
  })
  draw()
}

function stateAfter(answer: Exclude<Answer, { readonly type: 'progress' }>): State {
  return answer.type === 'unreadable'
    ? { kind: 'unreadable', what: answer.what }
    : answer.type === 'done'
      ? { kind: 'done', verification: answer.verification }
      : { kind: 'derivative', verification: answer.verification }
}

/** A clip or a still, by its name: it is judged by its lineage. */
function isPicture(file: File): boolean {
  return /\.(?:mp4|png)$/i.test(file.name)
}

// A signed envelope and not a trust file; by what it begins with, as canonical JSON puts it.
async function isLineage(file: File): Promise<boolean> {
  const start = await file
    .slice(0, 16)
    .text()
    .catch(() => '')
  return start.startsWith('{"payload":')
}
