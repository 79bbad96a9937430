/** Asking to be allowed to send a reminder. One yes is one message, so it is asked for where it makes sense. */
import { api } from './api'
import { platform } from './platform'

/** WeChat takes three in one question on every version there is. */
const MOST_AT_ONCE = 3

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
  if (granted.length) await api.post('/subscribe-credits', { templates: granted })
  return granted
}
