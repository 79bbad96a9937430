/** What the page of a referral offers: only what would not be refused. */
import type { Appointment, Referral } from './types'

type Standing = Pick<Referral, 'direction' | 'category' | 'status' | 'emergency' | 'way'> & { to_place: { outside: boolean } }

/** Once the patient agreed and the hospital said yes. Who goes at once chooses no hour; a house outside keeps no places here. */
export function mayChoose(one: Standing, booked: boolean): boolean {
  const done = (code: string) => one.way.some((line) => line.code === code && line.state === 'done')
  const open = ['submitted', 'returned', 'issued'].includes(one.status)
  return !booked && open && one.direction === 'up' && one.category === 'outpatient' && !one.emergency && !one.to_place.outside && done('consent') && done('answer')
}

/** A certificate that was issued can be shown, whether or not a time is chosen yet. */
export const mayShow = (one: Pick<Referral, 'actions'> & { certificate: unknown }, changing: boolean) => !!one.certificate && !one.actions.includes('consent') && !changing

/** The place that still stands: a referral that ended keeps none, also while the last answer about its places is older. */
export const keptPlace = (one: Pick<Referral, 'status'>, place: Appointment | null) => (['withdrawn', 'refused', 'expired'].includes(one.status) || ['noshow', 'cancelled'].includes(place?.status ?? '') ? null : place)
