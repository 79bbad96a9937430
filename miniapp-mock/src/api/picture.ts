/** A picture behind the door: fetched with who is signed in, since `<image>` itself cannot say it. */
import { NoAnswer, platform } from '../platform'
import { ticket } from '../session/ticket'
import { API_BASE } from './client'
import { problemOfKind } from './problem'

/** An address for `<image>`. Throws Problem without a signal. */
export async function fetchPicture(path: string): Promise<string> {
  try {
    return await platform.picture(`${API_BASE}${path}`, ticket.token ? { Authorization: `Bearer ${ticket.token}` } : {})
  } catch (error) {
    if (error instanceof NoAnswer) throw problemOfKind('offline')
    throw error
  }
}
