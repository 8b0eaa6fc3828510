import type { ConnectionRow } from './store.ts'

export type ConnectionWish = {
  readonly siteName: string
  readonly publicKey?: string | undefined
  readonly publicKeyId?: string | undefined
  /** Where the controller reaches us; our own origin unless told. */
  readonly url?: string
}
export type MadeConnection = { readonly row: ConnectionRow; readonly fileName: string; readonly file: string }
