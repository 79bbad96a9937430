/** What a resident's page shows of the other rooms, as the server sends it. */
import { dateText } from '@/time/human'

export interface ContractLine {
  id: string
  status: 'requested' | 'active' | 'ended' | 'declined' | 'cancelled'
  status_text: string
  team_name: string
  package_name: string
  from_on: string | null
  last_day: string | null
  days_left: number | null
}

export interface ReferralLine {
  id: string
  direction: string
  status: string
  to_name: string
  diagnosis_text: string
  now: { title: string; yours: boolean }
}

export interface PlanLine {
  id: string
  plain: string
  status: 'active' | 'stopped'
  practitioner: string
  village_practitioner: string | null
  next_due_on: string | null
}

export interface PrescriptionLine {
  id: string
  status_text: string
  condition_name: string
  doctor_name: string
  last_day: string
  items: { name: string }[]
}

export interface Reading {
  at: string
  set_id: string
  source: string
  values: Record<string, number>
}

const OVER = ['closed', 'withdrawn', 'refused', 'expired']

/** From when to when a contract runs; one that does not run says how it stands. */
export function contractText(one: ContractLine, now: number): string {
  if (one.status !== 'active' || !one.from_on || !one.last_day) return one.status_text
  const left = one.days_left === null ? '' : `，还有 ${one.days_left} 天`
  return `${dateText(one.from_on, now)} 到 ${dateText(one.last_day, now)}${left}`
}

/** What is under way before what is over; within each as the server orders, the newest first. */
export function openFirst(items: ReferralLine[]): (ReferralLine & { over: boolean })[] {
  const marked = items.map((one) => ({ ...one, over: OVER.includes(one.status) }))
  return [...marked.filter((one) => !one.over), ...marked.filter((one) => one.over)]
}

/** The last value against the one before: up, down or as it was, in figures. */
export function changeText(points: Reading[], code: string): string {
  const values = points.flatMap((one) => (code in one.values ? [one.values[code]] : []))
  if (values.length < 2) return ''
  const change = Math.round((values[values.length - 1] - values[values.length - 2]) * 10) / 10
  if (change === 0) return '和上次一样'
  return `比上次${change > 0 ? '高' : '低'} ${Math.abs(change)}`
}
