/** One measured number, beside the peer or limit measured in the same run where there is one. */
export type Figure = {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly reference?: string
  readonly referenceValue?: number
  readonly ratio?: number
}
/** A benchmark: measures and answers its figures. `say` is for people who wait; it never reaches the JSON. */
export type Bench = (say: (line: string) => void) => Promise<readonly Figure[]>
/** What the issues ask of a figure: its value, or its ratio to the reference, at least or at most. */
type Goal = { readonly of: 'value' | 'ratio'; readonly atLeast?: number; readonly atMost?: number }

export const goals: Readonly<Record<string, Readonly<Record<string, Goal>>>> = {
  ingest: {
    throughput: { of: 'ratio', atLeast: 1.5 },
    cpu: { of: 'ratio', atMost: 2.5 },
    ack: { of: 'value', atMost: 500 },
  },
  dock: {
    throughput: { of: 'ratio', atLeast: 1 },
    cpu: { of: 'ratio', atMost: 1.2 },
    memory: { of: 'value', atMost: 200 },
  },
  live: {
    p50: { of: 'value', atMost: 60 },
    p95: { of: 'value', atMost: 150 },
    fanout: { of: 'value', atLeast: 2_500 },
    resume: { of: 'value', atMost: 2 },
  },
  positions: { throughput: { of: 'value', atLeast: 10_000 } },
  find: { p95: { of: 'value', atMost: 50 } },
  search: { p95: { of: 'value', atMost: 100 } },
  reconcile: { seconds: { of: 'value', atMost: 60 } },
  custody: {
    view: { of: 'value', atMost: 50 },
    appends: { of: 'value', atLeast: 5_000 },
    browser: { of: 'value', atLeast: 150 },
    browserMemory: { of: 'value', atMost: 300 },
  },
  verify: { cpu: { of: 'ratio', atMost: 2.5 } },
  room: { 'script-p95': { of: 'value', atMost: 8 }, 'script-p95-dragged': { of: 'value', atMost: 8 } },
  start: {
    first: { of: 'value', atMost: 20 },
    later: { of: 'value', atMost: 5 },
    memory: { of: 'value', atMost: 450 },
  },
}

/** A figure beside its reference; the ratio is value over reference. */
export function compared(name: string, value: number, unit: string, reference: string, referenceValue: number): Figure {
  return {
    ...plain(name, value, unit),
    reference,
    referenceValue: round(referenceValue),
    ratio: round(value / referenceValue),
  }
}

export function plain(name: string, value: number, unit: string): Figure {
  return { name, value: round(value), unit }
}

/** A table for people, with what was asked and whether it was met. */
export function table(bench: string, figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit, reference, referenceValue, ratio }) => [
    `${bench} ${name}`,
    `${value} ${unit}`,
    reference === undefined ? '' : `${referenceValue} ${unit} (${reference})`,
    ratio === undefined ? '' : `× ${ratio}`,
    verdict(goals[bench]?.[name], value, ratio),
  ])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function verdict(goal: Goal | undefined, value: number, ratio: number | undefined): string {
  const measured = goal?.of === 'ratio' ? ratio : value
  if (goal === undefined || measured === undefined) {
    return ''
  }
  const met = measured >= (goal.atLeast ?? -Infinity) && measured <= (goal.atMost ?? Infinity)
  const asked = goal.atLeast === undefined ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`
  return `${goal.of} ${asked}: ${met ? 'met' : 'MISSED'}`
}

/** How long each call took, one after the other, in milliseconds. */
export async function timed(count: number, call: () => Promise<unknown>): Promise<readonly number[]> {
  const took: number[] = []
  for (let i = 0; i < count; i += 1) {
    const startedAt = performance.now()
    await call()
    took.push(performance.now() - startedAt)
  }
  return took
}

/** The middle of an odd number of measurements. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Nearest rank. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * fraction) - 1))] ?? Number.NaN
}

/** Three significant digits; more would pretend. */
function round(value: number): number {
  return Number(value.toPrecision(value >= 1000 ? 4 : 3))
}
