import { instantOf } from '@sereno/text'
import { infiniteQueryOptions } from '@tanstack/react-query'
import type { Given } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { nearPoint, type RecordingsSearch } from './search.ts'

type Query = NonNullable<Given<'GET /recordings'>['query']>
export const pageSize = 100
export const defaultRadiusM = 250

/** The address's search as the contract's query. Times are the municipality's wall clock. */
export function recordingsQuery(search: RecordingsSearch, timeZone: string): Query {
  const point = nearPoint(search.near)
  const fromMs = search.from === undefined ? null : instantOf(search.from, timeZone)
  const toMs = search.to === undefined ? null : instantOf(search.to, timeZone)
  const { officer, device, quadrant, text } = search
  return {
    ...(officer === undefined ? {} : { officer }),
    ...(device === undefined ? {} : { device }),
    ...(quadrant === undefined ? {} : { quadrant }),
    ...(text === undefined ? {} : { text }),
    ...(search.category === undefined ? {} : { category: search.category as NonNullable<Query['category']> }),
    ...(search.state === undefined ? {} : { state: search.state as NonNullable<Query['state']> }),
    ...(fromMs === null ? {} : { fromMs }),
    ...(toMs === null ? {} : { toMs }),
    // a point without both times is not asked yet: the form says so
    ...(point === null || fromMs === null || toMs === null
      ? {}
      : { ...point, radiusM: search.radius ?? defaultRadiusM }),
  }
}

export const recordingPages = (query: Query) =>
  infiniteQueryOptions({
    queryKey: ['GET /recordings', query],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      call(
        'GET /recordings',
        { query: { ...query, limit: pageSize, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        signal,
      ),
    getNextPageParam: ({ next }) => next,
    refetchInterval: 60_000,
  })
