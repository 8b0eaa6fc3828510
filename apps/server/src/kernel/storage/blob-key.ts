const keyForm = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/
const longestKey = 512

/** A stored object's name: parts of letters, digits, `._-`, none beginning with a dot. Throws TypeError. */
export function checkBlobKey(key: string): string {
  if (!keyForm.test(key) || key.length > longestKey) {
    throw new TypeError(`not a blob key: ${key}`)
  }
  return key
}
