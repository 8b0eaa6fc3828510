import type { Purpose } from '@sereno/contracts'
import { useSearch } from '@tanstack/react-router'

/** Whoever came from a case's page is asked with that case filled in. */
export function useCaseHint(): { readonly purpose: Purpose; readonly reference: string } | undefined {
  const { case: code } = useSearch({ strict: false }) as { readonly case?: unknown }
  return typeof code === 'string' && code !== '' ? { purpose: 'case', reference: code } : undefined
}
