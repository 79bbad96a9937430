/** Places and appointments as the server tells them. */

export interface Person {
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
  days: { day: string; places: FreePlace[] }[]
  appointment_id: string | null
}

export interface Appointment {
  id: string
  version: number
  status: 'held' | 'offered' | 'pending' | 'booked' | 'arrived' | 'fulfilled' | 'noshow' | 'cancelled'
  referral_id: string | null
  slot_id: string
  person: Person
  institution_name: string
  department_name: string
  starts_at: string
  title: string
  report_to: string
  report_from: string
  report_until: string
  bring: string[]
  phones: string[]
  code: string
  code_image: string | null
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

/** A place that is still ahead, sure or not. */
export const isAhead = (one: Appointment) => ['held', 'offered', 'pending', 'booked'].includes(one.status)

/** Morning and afternoon, the experts' sessions apart, each as a heading over its times. */
export function halves(places: FreePlace[]): { name: string; places: FreePlace[] }[] {
  const morning = (one: FreePlace) => (new Date(one.starts_at).getUTCHours() + 8) % 24 < 12
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
