import { useQuery } from '@tanstack/react-query'
import { call } from '../api/call.ts'

/** Milliseconds there and back, measured every ten seconds on the smallest question there is; null until known. */
export function useRoundTrip(): number | null {
  const { data } = useQuery({
    queryKey: ['round-trip'],
    refetchInterval: 10_000,
    retry: false,
    queryFn: async ({ signal }) => {
      const from = performance.now()
      await call('GET /installation', {}, signal)
      return Math.max(1, Math.round(performance.now() - from))
    },
  })
  return data ?? null
}
