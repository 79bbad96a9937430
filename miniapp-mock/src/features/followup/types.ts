/** What the server tells about follow-up. */

export interface Measure {
  code: string
  plain: string
  unit: string
  lowest: number
  highest: number
  decimals: number
  required: boolean
  aim_below: number | null
  danger_from: number | null
  danger_to: number | null
}

export interface Field {
  code: string
  plain: string
  kind: 'choice' | 'choices' | 'number' | 'text' | 'yes_no'
  choices: string[]
  unit: string | null
  required: boolean
}

export interface Form {
  key: string
  name: string
  plain: string
  measures: Measure[]
  danger_signs: { code: string; ask: string }[]
  fields: Field[]
  danger_advice: string
  emergency_phone: string
}

export interface Visit {
  id: string
  plan_id: string
  resident_id: string
  resident_name: string
  birth_year: number
  village: string
  condition: string
  plain: string
  status: 'planned' | 'asked' | 'done' | 'called_off'
  due_on: string
  overdue: boolean
  done_at: string | null
  mode: string | null
  outcome: string | null
  answers: { measures?: Record<string, number>; danger_signs?: string[]; fields?: Record<string, unknown> }
  note: string | null
  actions: string[]
}

export interface LastValue {
  code: string
  value: number
  taken_at: string
}

export interface Carer {
  name: string
  part: string
  phone: string
}

/** Who has a danger now, or what they did about it. */
export interface Standing {
  open: boolean
  owner: string
  owner_phone: string | null
  due_at: string
  next_owner: string | null
  outcome: string | null
  done_at: string | null
}

export interface Result {
  outcome: 'controlled' | 'uncontrolled' | 'adverse_reaction' | 'complication' | 'danger'
  plain: string
  advice: string | null
  emergency_phone: string | null
  told: string[]
  standing: Standing | null
  next_on: string | null
  refer: boolean
}

export interface VisitForm {
  visit: Visit
  form: Form
  by_patient: boolean
  last_values: LastValue[]
  carers: Carer[]
  result: Result | null
}

export interface RoundVisit extends Visit {
  form: string
  last_values: LastValue[]
}

export interface Household {
  household: string
  village: string
  head: string
  namesakes: number
  visits: RoundVisit[]
}

export interface Round {
  day: string
  village_names: string[]
  households: Household[]
  forms: Form[]
  carers: Carer[]
  emergency_phone: string
  done: Visit[]
}

export interface Task {
  id: string
  kind: string
  status: 'open' | 'done' | 'cancelled'
  resident_id: string | null
  resident_name: string | null
  birth_year: number | null
  village: string | null
  contacts: { name: string; relation: string; phone: string }[]
  focus_kind: string
  focus_id: string | null
  due_at: string
  overdue: boolean
  next_owner: string | null
  created_at: string
  /** `page`: where it is, when it is about the reader and nobody else. */
  detail: { notice?: string; why?: string; page?: string }
  outcome: string | null
  actions: string[]
}

export interface Plan {
  id: string
  resident_id: string
  condition: string
  plain: string
  status: 'active' | 'stopped'
  institution: string
  practitioner: string
  village_practitioner: string | null
  started_on: string
  next_due_on: string | null
  advised: { on: string; text: string; outcome: string; tone: 'wait' | 'ok' }[]
  actions: string[]
}
