/** Places and appointments as the server tells them. */

export interface Person {
  id: string
  name: string
  birth_year: number
  village: string
}

export interface FreePlace {
  slot_id: string
  starts_at: string
  left: number
  title: string
  expert: boolean
}

export interface Places {
  referral_id: string
  person: Person
  institution_name: string
  department_name: string | null
  report_to: string
  phones: string[]
  /** The certificate's last day; later places are not offered. */
  last_day: string | null
  days: { day: string; places: FreePlace[] }[]
  appointment_id: string | null
  /** An ordinary place is free before them. */
  sooner_at: string | null
  /** A place with this department that the person has already, and that is not the referral's. */
  other_id: string | null
  other_at: string | null
  institution: string
  department: string | null
}

/** A time without a referral: full and not yet released ones among them. */
export interface OpenPlace extends FreePlace {
  pool: string
  open: boolean
  opens_at: string | null
  department_name: string
  doctor: string | null
  kind: string
}

export interface OpenPlaces {
  institution_name: string
  contracted: boolean
  release_text: string
  checkout_minutes: number
  source: string
  sample: boolean
  days: { day: string; places: OpenPlace[] }[]
  other_id: string | null
  other_at: string | null
}

export interface Institution {
  code: string
  name: string
  kind: string
  level_name: string
  town_name: string | null
  outside: boolean
  departments?: { code: string; name: string; kind: string; plain: string | null }[]
}

export interface Waiting {
  id: string
  status: 'waiting' | 'offered' | 'served' | 'left'
  person: Person
  institution: string
  institution_name: string
  department: string
  department_name: string
  from_on: string
  until_on: string
  ahead: number | null
  missed: number
  offer_id: string | null
  offer_until: string | null
  appointment_id: string | null
  actions: string[]
}

export interface Price {
  full_fen: number
  off_fen: number
  pay_fen: number
  sample: boolean
  source: string | null
}

/** An examination of the county's catalogue. */
export interface Examination {
  code: string
  name: string
  institutions: string[]
  prepare: string[]
  questions: { code: string; text: string }[]
  price: Price
  referred_price: Price
}

/** A referral as somebody's list shows it, where an examination may go along with it. */
export interface Way {
  id: string
  direction: string
  status: string
  to_name: string
  diagnosis_text: string
}

export interface Order {
  id: string
  status: string
  item: string
  name: string
  reason: string | null
  person: Person
  doctor: string | null
  institution: string
  institution_name: string
  until_on: string
  prepare: string[]
  price: Price
  appointment_id: string | null
  actions: string[]
}

export interface ExaminationPlace {
  slot_id: string
  starts_at: string
  left: number
  for_referred: boolean
  open: boolean
  opens_at: string | null
}

export interface Appointment {
  id: string
  version: number
  status: 'held' | 'offered' | 'pending' | 'booked' | 'arrived' | 'fulfilled' | 'noshow' | 'cancelled'
  kind: string
  kind_name: string
  referral_id: string | null
  slot_id: string
  held_until: string | null
  confirm_by: string | null
  stopped: boolean
  offer_id: string | null
  replaces_id: string | null
  queue_number: number | null
  expected_at: string
  directions: string[]
  prepare: string[]
  order_id: string | null
  advice: string | null
  ended_because: string | null
  end_reason: string | null
  end_instead: string | null
  institution: string
  department: string
  person: Person
  institution_name: string
  department_name: string
  starts_at: string
  title: string
  doctor: string | null
  price: Price | null
  report_to: string
  report_from: string
  report_until: string
  bring: string[]
  phones: string[]
  code: string
  code_image: string | null
  /** Another place of the same person, too near in time to keep both. */
  close: { id: string; starts_at: string; institution_name: string; department_name: string } | null
  by_doctor: boolean
  change_until: string
  change_late_text: string
  actions: string[]
}

export const STATUS: Record<Appointment['status'], { text: string; kind: 'brand' | 'ok' | 'wait' | 'none' }> = {
  held: { text: '占着，等您确认', kind: 'wait' },
  offered: { text: '有号了，等您答复', kind: 'wait' },
  pending: { text: '等医院确认', kind: 'wait' },
  booked: { text: '约好了', kind: 'brand' },
  arrived: { text: '已报到', kind: 'ok' },
  fulfilled: { text: '看完了', kind: 'ok' },
  noshow: { text: '没来', kind: 'wait' },
  cancelled: { text: '已退号', kind: 'none' },
}

const NEVER_HAD: Record<string, string> = { hold_expired: '没有约', hold_dropped: '没有约', offer_expired: '没有答复', declined: '没有要', accepted: '换了时间' }

/** How one stands, in a word: what was only held or offered was never given back. */
export const standing = (one: Pick<Appointment, 'status' | 'ended_because'>) => (one.status === 'cancelled' && NEVER_HAD[one.ended_because ?? '']) || STATUS[one.status].text

/** A place that is still ahead, sure or not. */
export const isAhead = (one: Appointment) => ['held', 'offered', 'pending', 'booked'].includes(one.status)

/** Morning and afternoon, the experts' sessions apart, each as a heading over its times. */
export function halves<P extends FreePlace>(places: P[]): { name: string; places: P[] }[] {
  const morning = (one: P) => (new Date(one.starts_at).getUTCHours() + 8) % 24 < 12
  return [
    { name: '上午', places: places.filter((one) => morning(one) && !one.expert) },
    { name: '上午 · 专家', places: places.filter((one) => morning(one) && one.expert) },
    { name: '下午', places: places.filter((one) => !morning(one) && !one.expert) },
    { name: '下午 · 专家', places: places.filter((one) => !morning(one) && one.expert) },
  ].filter((part) => part.places.length > 0)
}

/** Beijing's time of day as it stands on the button: 9:20, 2:30. */
export function timeOf(instant: string): string {
  const at = new Date(new Date(instant).getTime() + 8 * 3_600_000)
  const hour = at.getUTCHours()
  return `${hour > 12 ? hour - 12 : hour}:${String(at.getUTCMinutes()).padStart(2, '0')}`
}

/** A code in two halves, as it is read aloud. */
export function spokenCode(code: string): string {
  return `${code.slice(0, 4)} ${code.slice(4)}`
}

/** What may still be chosen among the times: of the pool of the place that is moved, never the place itself. */
export function choosable(days: OpenPlaces['days'], moved: Appointment | null): OpenPlaces['days'] {
  if (!moved) return days
  const pool = moved.kind === 'contract' ? 'contract' : 'general'
  return days
    .map(({ day, places }) => ({ day, places: places.filter((one) => one.pool === pool && one.slot_id !== moved.slot_id) }))
    .filter(({ places }) => places.length > 0)
}

/** Whether none of the times that are let go has a place left; then one can wait for a freed one. */
export const allTaken = (places: { open: boolean; left: number }[]) => places.every((one) => !one.open || one.left === 0)

/** "9 分 59 秒" until an instant, which nobody takes for a time of day; nothing is left below zero. */
export function countdownText(until: string, now: number): string {
  const seconds = Math.max(0, Math.floor((new Date(until).getTime() - now) / 1000))
  return `${Math.floor(seconds / 60)} 分 ${String(seconds % 60).padStart(2, '0')} 秒`
}

/** A place that ended, in words that blame nobody. */
export function endedText(one: Appointment): string {
  if (one.ended_because === 'offer_expired' && one.replaces_id) return '答复的时间过了，这个号给了别人。原来的门诊要是停了，会有人打电话，跟您商量别的时间。'
  if (one.ended_because === 'offer_expired') return '答复的时间过了，这个号给了下一位。不要紧，您还在候补里，有号会再告诉您。'
  if (one.ended_because === 'declined') return one.replaces_id ? '这个时间不要了。原来的门诊要是停了，会有人打电话，跟您商量别的时间。' : '这个号给了下一位。您还在候补里，有号再问您。'
  if (one.ended_because === 'hold_expired') return '占的时间过了，号退回去了。重新选一个就行，不算您爽约。'
  if (one.ended_because === 'hold_dropped') return '没有约，号退回去了。'
  return '号退给别人用了。还要看，可以重新选时间。'
}

/** Calendar days of China, counted from an instant: "2026-11-26". */
export function dayAfter(now: number, days: number): string {
  return new Date(now + 8 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10)
}

/** Where another time is chosen instead: beside the referral, the order or the department. Without an id it is a new one. */
export function movePage(one: Pick<Appointment, 'id' | 'order_id' | 'referral_id' | 'institution' | 'department'>): string {
  const moved = one.id ? `&appointment=${one.id}` : ''
  if (one.order_id) return `/features/booking/pages/order?id=${one.order_id}&institution=${one.institution}${moved}`
  if (one.referral_id) return `/features/booking/pages/places?referral=${one.referral_id}${moved}`
  return `/features/booking/pages/times?institution=${one.institution}&department=${one.department}${moved}`
}

/** An examination's times day by day of China, and when the next of a day are let go. */
export function timesByDay(places: ExaminationPlace[]): { day: string; opens_at: string | null; places: ExaminationPlace[] }[] {
  const days = new Map<string, ExaminationPlace[]>()
  for (const one of places) {
    const day = dayAfter(new Date(one.starts_at).getTime(), 0)
    days.set(day, [...(days.get(day) ?? []), one])
  }
  return [...days].map(([day, times]) => ({ day, opens_at: times.find((one) => !one.open)?.opens_at ?? null, places: times }))
}

/** Referrals up that an examination may go along with: under way, or the patient is there. */
export const waysTo = (referrals: Way[]) => referrals.filter((one) => one.direction === 'up' && ['submitted', 'returned', 'issued', 'arrived'].includes(one.status))

/** What an order still wants before it can be written. */
export function lackingOfOrder(item: Examination | null, asked: string[], reason: string, again: { counts: boolean; reason: string; note: string } = { counts: false, reason: '', note: '' }): string[] {
  if (!item) return ['查什么']
  const why = again.counts && (!again.reason || (again.reason === 'other' && !again.note.trim()))
  return [why && '为什么重做', item.questions.some(({ code }) => !asked.includes(code)) && '当面问清', !reason.trim() && '为什么要查'].filter((one): one is string => !!one)
}

/** How an order stands, for its list. */
export function orderStanding(one: Order, now: number): string {
  if (one.status === 'done') return '做过了'
  if (one.status === 'revoked') return '医生撤回了'
  if (one.appointment_id) return '约好了'
  if (one.until_on < dayAfter(now, 0)) return '过期了'
  return one.actions.includes('book') ? '去约时间' : '医生在安排'
}

/** Whether it is not said yet for whom a place is: nothing is offered before. Staff always come with a person. */
export const needsPerson = (session: { face: string; resident: unknown; me: unknown }, resident: string) => session.me !== null && session.face === 'resident' && !session.resident && !resident
