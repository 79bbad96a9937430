/** Asking to be allowed to send a reminder. One yes is one message, so it is asked for where it makes sense. */
import { api, Problem } from './api'
import { platform } from './platform'

/** WeChat takes three in one question on every version there is. */
const MOST_AT_ONCE = 3
const AGAIN_AFTER = [0, 1_500, 5_000]

let templates: Record<string, string> = {}

/** Reads the template ids beforehand: WeChat only answers a question asked straight from a tap. */
export async function prepareTemplates(): Promise<void> {
  templates = (await platform.environment()).templates
}

/** Asks for these kinds of notice (names of `environment.json`) and tells the server what was granted. */
export async function askReminders(names: string[]): Promise<string[]> {
  const wanted = names.filter((name) => templates[name]).slice(0, MOST_AT_ONCE)
  if (wanted.length === 0) return []
  const accepted = await platform.requestSubscribe(wanted.map((name) => templates[name]))
  const granted = wanted.filter((name) => accepted.includes(templates[name]))
  if (granted.length) await report(granted)
  return granted
}

/** A report that does not come through is sent again; at last the reminder goes by phone, and nobody is told of an error. */
async function report(granted: string[]): Promise<void> {
  for (const pause of AGAIN_AFTER) {
    await new Promise((done) => setTimeout(done, pause))
    try {
      await api.post('/subscribe-credits', { templates: granted })
      return
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (!error.worthRetrying) return
    }
  }
}
