/** What the doctor above sees and says, and how it is said on a screen. */
import type { RuleSource } from '@/api/problem'

export interface Person {
  name: string
  birth_year: number
  village: string
}

export interface SentDown {
  plan_id: string
  person: Person
  died: boolean
  plain: string
  plan_status: 'active' | 'stopped'
  institution_name: string
  taken_over_by: string
  cared_by: string
  cared_by_phone: string
  taken_over_on: string
  days: number
  next_due_on: string | null
  next_overdue: boolean
  last: { on: string; outcome: string; values: Record<string, number> } | null
  danger: { on: string; open: boolean } | null
  seen_until: string
  advice_status: AdviceStatus | null
}

export interface SentDownPage {
  items: SentDown[]
  next_cursor: string | null
  sight_days: number
  department_sees: boolean
  source: RuleSource
}

export type AdviceStatus = 'open' | 'taken_on' | 'not_taken_on' | 'taken_back' | 'lapsed'

export interface Named {
  code: string
  name: string
}

/** Who of the house may answer instead. */
export interface OtherDoctors {
  items: { id: string; name: string; title: string }[]
  reasons: Named[]
}

export interface Advice {
  id: string
  plan_id: string
  person: Person
  plain: string
  kind: string
  kind_name: string
  text: string
  return_on: string | null
  status: AdviceStatus
  written_at: string
  written_by: string
  from_name: string
  asked: string
  asked_phone: string
  due_at: string
  overdue: boolean
  ended_at: string | null
  answered_by: string | null
  reason_text: string | null
  reply: string | null
  next_on: string | null
  next_due_on: string | null
  reasons: Named[]
  no_prescription: string
  actions: string[]
}

export interface AdvicePage {
  items: Advice[]
  kinds: Named[]
  no_prescription: string
  actions: string[]
}

export const ADVICE_STATUS: Record<AdviceStatus, string> = { open: '等答复', taken_on: '采用了', not_taken_on: '没采用', taken_back: '收回了', lapsed: '没答复就到期了' }
export const ADVICE_TONES: Record<AdviceStatus, 'wait' | 'ok' | 'brand'> = { open: 'wait', taken_on: 'ok', not_taken_on: 'wait', taken_back: 'brand', lapsed: 'wait' }
export const OUTCOMES: Record<string, string> = { controlled: '控制住了', uncontrolled: '没降到位', adverse_reaction: '吃药不舒服', complication: '要医生看', danger: '危险' }
export const OUTCOME_TONES: Record<string, 'ok' | 'wait' | 'danger'> = { controlled: 'ok', danger: 'danger' }

/** The values of a look in few words; empty where there are none. */
export function valuesText(values: Record<string, number>): string {
  const { systolic, diastolic, glucose_fasting: sugar } = values
  return [systolic && diastolic ? `血压 ${systolic}/${diastolic}` : '', sugar ? `空腹血糖 ${sugar}` : ''].filter(Boolean).join('，')
}
