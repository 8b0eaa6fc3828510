import { fanout } from './fanout.ts'
import type { Bench } from './figures.ts'
import { picture } from './picture.ts'

/** Issue 2 §11 `live`: how old the picture is, how many can look, how soon it is back. */
export const bench: Bench = async (say) => [...(await picture(say)), ...(await fanout(say))]
