import { kindsEs } from '@sereno/text'

/** Deeds one may filter by. */
export const knownKinds: readonly string[] = Object.keys(kindsEs).filter((kind) => kind.includes('.'))
