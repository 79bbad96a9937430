/** Long prescriptions as the server tells them. */
import type { RuleSource } from '@/api'

export interface DrugItem {
  drug: string
  name: string
  spec: string
  unit: string
  per_time: number
  times_a_day: number
  quantity: number
  dose_text: string
  how: string
}

export interface Prescription {
  id: string
  version: number
  status: 'issued' | 'returned' | 'reviewed' | 'dispensed' | 'collected' | 'frozen' | 'stopped'
  status_text: string
  resident: { id: string; name: string; birth_year: number; village_name: string }
  condition: string
  condition_name: string
  issue_text: string
  days: number
  carry_days: number
  issued_on: string
  last_day: string
  days_left: number
  doctor_name: string
  institution_name: string
  pickup: { code: string; name: string; phone: string }
  pickup_text: string
  bring: string[]
  other_may_collect: boolean
  with_village_doctor: string
  items: DrugItem[]
  needs_confirmation: boolean
  frozen_text: string
  advice: string
  note: string
  return_note: string
  stop_text: string
  renewal: { id: string; status: string; text: string; reason_text: string; words: string } | null
  actions: string[]
}

export interface Reading {
  code: string
  name: string
  value: number
  unit: string
  taken_at: string
  aim: number | null
  met: boolean | null
}

export interface RuleSaid {
  rule: string
  text: string
  instead: string
  pointer: string | null
  source: RuleSource
}

export interface Check {
  may: boolean
  violations: RuleSaid[]
  issue: string
  issue_text: string
  usual_days: number
  max_days: number
  carry_days: number
  confirm_above_days: number
  readings: Reading[]
}

export interface Renewal {
  id: string
  status: string
  status_text: string
  run_out_on: string
  days_left: number
  prescription: Prescription
  readings: Reading[]
  violations: RuleSaid[]
  actions: string[]
}

export interface CatalogueDrug {
  code: string
  name: string
  spec: string
  unit: string
  kept_here: boolean
  excluded: string
}

/** Whom it is about, never by name alone. */
export function whoText(one: Prescription): string {
  return `${one.resident.village_name} · ${one.resident.birth_year} 年生`
}

export function readingText(one: Reading): string {
  const aim = one.aim === null ? '' : one.met ? '，达标' : `，没达标（要低于 ${one.aim}）`
  return `${one.name} ${one.value} ${one.unit}${aim}`
}
