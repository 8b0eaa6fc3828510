import { QueryClient, type UseQueryOptions } from '@tanstack/react-query'
import type { Given, OperationName, Reply } from './api.ts'
import { CallFailed, call, unreachable } from './call.ts'

/** What the server said, kept by operation and what was asked. Refusals are not retried: the rules will not change. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      gcTime: 30 * 60_000,
      refetchOnWindowFocus: true,
      retry: (count, error) => count < 2 && error instanceof CallFailed && error.code === unreachable,
    },
  },
})

type Options<K extends OperationName> = Pick<
  UseQueryOptions<Reply<K>, Error, Reply<K>, readonly unknown[]>,
  'queryKey' | 'queryFn'
>

/** Query options of a contract operation: `useQuery(asked('GET /devices', {}))`. */
export const asked = <K extends OperationName>(operation: K, given: Given<K>): Options<K> => ({
  queryKey: [operation, given],
  queryFn: ({ signal }) => call(operation, given, signal),
})

/** Forget what these operations said, because something changed. */
export async function changed(...operations: readonly OperationName[]): Promise<void> {
  await Promise.all(operations.map((operation) => queryClient.invalidateQueries({ queryKey: [operation] })))
}
