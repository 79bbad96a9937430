/** What every request must know of the session; kept apart so that client and session need not know each other. */
import { platform } from '../platform'

const KEY = 'ticket'

interface Kept {
  county: string
  token: string
  subject: string
  actingFor: string | null
}

const kept = platform.identity.get<Kept>(KEY)
let renewing: Promise<boolean> | null = null

export const ticket = {
  county: kept?.county ?? null,
  token: kept?.token ?? null,
  /** Person id of who is signed in; empty before the first `me`. */
  subject: kept?.subject ?? '',
  actingFor: kept?.actingFor ?? null,
  /** Set by the session: how to sign in again without a word. */
  renewBy: null as null | (() => Promise<boolean>),

  /** One renewal at a time; ten answers of 401 make one sign-in. */
  renew(): Promise<boolean> {
    renewing ??= (ticket.renewBy ? ticket.renewBy() : Promise.resolve(false))
      .catch(() => false)
      .finally(() => (renewing = null))
    return renewing
  },
  save(): void {
    const { county, token, subject, actingFor } = ticket
    if (county && token) platform.identity.set(KEY, { county, token, subject, actingFor })
    else platform.identity.remove(KEY)
  },
}
