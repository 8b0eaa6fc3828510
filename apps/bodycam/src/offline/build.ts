/** What this application is: its version and the SHA-256 over all its files, written by the build beside them. */
export type Build = { readonly version: string; readonly sha256: string }

export async function readBuild(): Promise<Build> {
  const response = await fetch(`${import.meta.env.BASE_URL}build.json`)
  const build: unknown = await response.json()
  if (
    typeof build === 'object' &&
    build !== null &&
    'version' in build &&
    'sha256' in build &&
    typeof build.version === 'string' &&
    typeof build.sha256 === 'string'
  ) {
    return { version: build.version, sha256: build.sha256 }
  }
  throw new Error('build.json is not what the build writes')
}
