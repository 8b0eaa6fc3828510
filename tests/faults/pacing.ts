/** Between two looks at a condition. */
const quietMs = 20
/** On a machine that others use, too. */
export const patienceMs = 240_000

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export async function until(what: string, holds: () => Promise<boolean>, limitMs = patienceMs): Promise<void> {
  for (const deadline = Date.now() + limitMs; !(await holds()); ) {
    if (Date.now() > deadline) {
      throw new Error(`it did not come to pass: ${what}`)
    }
    await pause(quietMs)
  }
}
