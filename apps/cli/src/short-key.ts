/** A key as people compare it: its name, its hash, and how it begins. The whole one stands in the trust file. */
export function shortKey(vkey: string): string {
  const [name = '', hash = '', ...rest] = vkey.split('+')
  const key = rest.join('+')
  return `  ${name}+${hash}+${key.length > 60 ? `${key.slice(0, 20)}…` : key}`
}
