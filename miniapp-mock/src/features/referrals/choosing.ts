/** What the page of a referral offers: only what would not be refused. */
import type { Appointment, Referral } from './types'

type Standing = Pick<Referral, 'direction' | 'category' | 'status' | 'emergency' | 'way'> & { to_place: { outside: boolean; department: string | null } }

/** Once the patient agreed and the hospital said yes. Who goes at once chooses no hour; a house outside keeps no places here. */
export function mayChoose(one: Standing, booked: boolean): boolean {
  const done = (code: string) => one.way.some((line) => line.code === code && line.state === 'done')
  const open = ['submitted', 'returned', 'issued'].includes(one.status)
  return !booked && open && one.direction === 'up' && one.category === 'outpatient' && !one.emergency && !one.to_place.outside && !!one.to_place.department && done('consent') && done('answer')
}

/** A certificate that was issued can be shown, whether or not a time is chosen yet. */
export const mayShow = (one: Pick<Referral, 'actions'> & { certificate: unknown }, changing: boolean) => !!one.certificate && !one.actions.includes('consent') && !changing

/** The place that still stands: a referral that ended keeps none, also while the last answer about its places is older. */
export const keptPlace = (one: Pick<Referral, 'status'>, place: Appointment | null) => (['withdrawn', 'refused', 'expired'].includes(one.status) || ['noshow', 'cancelled'].includes(place?.status ?? '') ? null : place)

/** Been there, and the certificate still holds: the next visit needs no new referral. Who was checked in today is still being seen. */
export function mayGoAgain(one: Pick<Referral, 'actions' | 'category' | 'status'> & { to_place: { department: string | null } }, place: Appointment | null, now: number): boolean {
  if (!one.actions.includes('book_again') || one.category !== 'outpatient' || !one.to_place.department) return false
  if (!place || place.status === 'fulfilled') return true
  return place.status === 'arrived' && (one.status === 'closed' || dayOf(new Date(place.starts_at).getTime()) < dayOf(now))
}

/** The day of China an instant lies in. */
const dayOf = (instant: number) => Math.floor((instant + 8 * 3_600_000) / 86_400_000)
