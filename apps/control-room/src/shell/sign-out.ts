import { call } from '../api/call.ts'
import { queryClient } from '../api/queries.ts'

/** Ends the session on the server, then forgets everything this window knew. */
export function signOut(): void {
  void call('DELETE /session', {})
    .catch(() => undefined)
    .then(() => {
      queryClient.clear()
      location.assign('/')
    })
}
