/** The round kept on the phone, so that it can be walked without a signal. Only the doctor it belongs to reads it back. */
import { platform } from '@/platform'
import { ticket } from '@/session/ticket'
import type { Round, VisitForm } from './types'

const KEY = 'kept.round'

interface Kept {
  subject: string
  round: Round
}

export function keepRound(round: Round): void {
  platform.storage.set(KEY, { subject: ticket.subject, round } satisfies Kept)
}

export function keptRound(): Round | null {
  const kept = platform.storage.get<Kept>(KEY)
  return kept && kept.subject === ticket.subject ? kept.round : null
}

/** The form of one look on the kept round, or null when it is not on it. */
export function keptVisit(id: string): VisitForm | null {
  const round = keptRound()
  const visit = round?.households.flatMap((home) => home.visits).find((one) => one.id === id)
  const form = round?.forms.find((one) => one.key === visit?.form)
  if (!round || !visit || !form) return null
  return { visit, form, by_patient: false, last_values: visit.last_values, carers: round.carers, result: null }
}

/** Who else of the same household is due, after this one, and not written down yet. */
export function nextInHousehold(id: string, written: string[]): string | null {
  const home = keptRound()?.households.find(({ visits }) => visits.some((one) => one.id === id))
  const open = home?.visits.filter((one) => one.id !== id && !written.includes(one.id)) ?? []
  return open[0]?.id ?? null
}

/** The household a deed belongs to, so that the banner counts houses. */
export function householdOf(id: string): string {
  const home = keptRound()?.households.find(({ visits }) => visits.some((one) => one.id === id))
  return home ? `${home.village}/${home.household}` : id
}
