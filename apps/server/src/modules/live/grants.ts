/** A single-use ticket to a watch: who, what, until when. Held in memory: a restart ends every watch anyway. */
export type Grant = { readonly watch: string; readonly account: string; readonly expiresAt: number }
export type Redeemed = { readonly grant: Grant } | { readonly refused: 'live.grant-expired' | 'live.grant-used' }

export type Grants = {
  issue(token: string, grant: Grant): void
  /** A token is good once, for its own account, until it expires. Somebody else's token reads as expired. */
  redeem(token: string, account: string, nowMs: number): Redeemed
  /** Forgets the tokens of a watch that ended. */
  drop(watch: string): void
}

/** Used tokens are remembered until they expire, so that a second use is told apart from an old one. */
export function createGrants(): Grants {
  const grants = new Map<string, Grant & { readonly used: boolean }>()
  return {
    issue(token, grant) {
      for (const [known, { expiresAt }] of grants) {
        if (expiresAt < grant.expiresAt - 120_000) {
          grants.delete(known)
        }
      }
      grants.set(token, { ...grant, used: false })
    },
    redeem(token, account, nowMs) {
      const grant = grants.get(token)
      if (grant === undefined || grant.account !== account || grant.expiresAt <= nowMs) {
        return { refused: 'live.grant-expired' }
      }
      if (grant.used) {
        return { refused: 'live.grant-used' }
      }
      grants.set(token, { ...grant, used: true })
      return { grant }
    },
    drop(watch) {
      for (const [token, grant] of grants) {
        if (grant.watch === watch) {
          grants.delete(token)
        }
      }
    },
  }
}
