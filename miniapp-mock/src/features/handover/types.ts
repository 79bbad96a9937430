/** What the server tells about the way down, as the pages of this feature read it. */
import type { RuleSource } from '@/api/problem'

export interface Person {
  name: string
  birth_year: number
  village: string
}

export interface Named {
  code: string
  name: string
}

export interface Stay {
  id: string
  version: number
  person: Person
  institution_name: string
  department_name: string
  bed: string | null
  status: string
  day: number
  diagnosis_code: string | null
  diagnosis_text: string | null
  surgery_grade: number | null
  technique: string | null
  technique_name: string | null
  scope: Beyond | null
  actions: string[]
}

/** What of a stay may not be done here, and who can, nearest first. */
export interface Beyond {
  text: string
  who_can: { code: string; name: string; phones: string[] }[]
  choice: string | null
  choice_text: string | null
  source: RuleSource
}

export const GRADES = ['', '一级', '二级', '三级', '四级']

/** What a stay is for, as it stands on the ward's list. */
export function doing(stay: Stay): string {
  const operation = stay.surgery_grade ? `${GRADES[stay.surgery_grade]}手术` : ''
  return [operation, stay.technique_name ?? ''].filter(Boolean).join('，') || '没有，或还不清楚'
}

export const CHOICES = [
  { value: 'refer_on', text: '转到能做的医院' },
  { value: 'other_way', text: '不做这个，在这里用别的办法治' },
  { value: 'stays', text: '都说清了，病人选择留在这里' },
  { value: 'emergency', text: '急救，先救人' },
]

export interface Now {
  code: string
  title: string
  detail: string
  next: string
}

export interface WardLine {
  stay: Stay
  way_down: { referral_id: string; kind: string; status: string; to_name: string; now: Now } | null
  actions: string[]
}

export interface Ward {
  institution_name: string
  department_name: string
  techniques: Named[]
  items: WardLine[]
  recovering: number
  proposed: number
}

export interface DownOptions {
  stay: Stay
  own_institution: string | null
  own_team: string
  kinds: Named[]
  drugs: Named[]
  options: {
    indications: { code: string; plain: string; short: string; source: RuleSource }[]
    standards: { code: string; name: string; articles: { number: number; text: string; indication: string }[] }[]
    choices: { institution: string; name: string; kilometres: number | null }[]
  }
}

export interface Drug {
  code: string | null
  name: string
  dose: string
  until_on: string | null
  kept: boolean
}

export interface Part {
  code: string
  name: string
  plain: string
  kind: 'text' | 'drugs' | 'date' | 'follow'
  required: boolean
  done: boolean
  text: string | null
  source: RuleSource
}

export interface Broken {
  rule: string
  text: string
  instead: string
  source: RuleSource
}

export interface Package {
  referral_id: string
  version: number
  kind: 'bed' | 'home'
  status: string
  person: Person | null
  masked: string
  diagnosis_text: string
  from_name: string
  from_department_name: string | null
  to_name: string
  ward_doctor: { name: string; phone: string }
  indication_text: string
  parts: Part[]
  drugs: Drug[]
  no_medicine: boolean
  review_on: string | null
  follows: boolean | null
  followed_by: string
  first_look_on: string | null
  missing: Broken[]
  not_kept: string[]
  not_kept_source: RuleSource
  now: Now
  blocked: Broken[]
  decline_reasons: Named[]
  accepted_by: string
  actions: string[]
}

export interface HandOverLine {
  referral_id: string
  kind: string
  person: Person | null
  masked: string
  diagnosis_text: string
  from_name: string
  ready: boolean
  now: Now
}

export interface Family {
  referral_id: string
  kind: string
  person: Person
  place: string
  place_phones: string[]
  team: string
  carers: { name: string; part: string; phone: string }[]
  savings: {
    applies: boolean
    further_fen: number
    own_above_fen: number | null
    own_below_fen: number | null
    lines: { text: string; fen: number | null; sample: boolean; source: RuleSource }[]
    covers: string
    agency_phone: string
    sample: boolean
  }
  come_back: { hospital: string; desk: string; place: string; phones: string[]; ward_doctor: string; ward_phone: string; days: number; when: string | null }
  further: Part[]
  drugs: Drug[]
  review_on: string | null
  first_look_on: string | null
  source: RuleSource
  actions: string[]
}

export const WAYS: Record<string, string> = { bed: '回卫生院接着住院', home: '回家，由家庭医生照看' }

export function who(person: Person | null, masked: string): string {
  return person ? `${person.name} · ${person.birth_year} 年生 · ${person.village}` : masked
}

/** A bed as people say it, whether or not whoever wrote its number added the word. */
export const bedText = (bed: string) => `${bed.replace(/\s*床$/, '')} 床`
