/** The token in `<origin>/bodycam/#enrol=<token>`, or in the bare token; null when it is neither. */
export function enrolTokenOf(link: string): string | null {
  const found = /(?:^|[#&?])enrol=([A-Za-z0-9_-]{20,200})(?:$|&)/.exec(link.trim())
  if (found?.[1] !== undefined) {
    return found[1]
  }
  return /^[A-Za-z0-9_-]{20,200}$/.test(link.trim()) ? link.trim() : null
}
