/** What is being done in a dialog of the case's page. */
export type CaseDeed =
  | {
      readonly name:
        | 'edit'
        | 'merge'
        | 'transfer'
        | 'close'
        | 'reopen'
        | 'person'
        | 'note'
        | 'knowledge'
        | 'hand-over'
        | 'share'
        | 'live'
    }
  | { readonly name: 'receipt'; readonly id: string }
  | {
      readonly name: 'remove-recording' | 'remove-person' | 'revoke' | 'entrance' | 'guest-log' | 'revoke-live'
      readonly id: string
      readonly label: string
    }
