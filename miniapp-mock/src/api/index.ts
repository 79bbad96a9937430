/** The client every page uses, tied to this phone and to who is signed in. */
import { platform } from '../platform'
import { ticket } from '../session/ticket'
import { learnNow } from '../time/clock'
import { createClient } from './client'

export const api = createClient({
  send: (request) => platform.request(request),
  drawer: platform.storage,
  token: () => ticket.token,
  actingFor: () => ticket.actingFor,
  subject: () => ticket.subject,
  renew: () => ticket.renew(),
  learnNow,
})

export * from './problem'
export { newKey } from './idempotency'
export type { Client, Page, SendOptions } from './client'
