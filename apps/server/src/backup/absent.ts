/** For `catch`: what is being moved, destroyed or carried away by others beside us may be gone when its turn comes. */
export function absentIsNull(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    return null
  }
  throw error
}
