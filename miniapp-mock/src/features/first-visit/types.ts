/** Slips from the village and first visits, as the server tells them. */

export interface Person {
  id: string
  name: string
  birth_year: number
  village: string
}

export interface Handoff {
  id: string
  status: 'sent' | 'taken' | 'seen' | 'cancelled'
  urgent: boolean
  person: Person
  from_name: string
  village_doctor: string
  village_doctor_phone: string
  to_name: string
  complaint: string | null
  why: string | null
  given: string | null
  since_on: string | null
  readings: Record<string, string | number>
  phoned: string
  phoned_at: string | null
  left_at: string | null
  travel: string
  sent_at: string
  taken_by: string | null
  actions: string[]
}

export interface Visit {
  id: string
  version: number
  person: Person
  institution_name: string
  department_name: string | null
  doctor: string
  kind: string
  status: 'open' | 'finished'
  began_at: string
  finished_at: string | null
  diagnosis_code: string | null
  diagnosis_text: string | null
  complaint: string | null
  findings: string | null
  treatment: string | null
  outcome: string | null
  handoff_id: string | null
  actions: string[]
}

export interface Institution {
  code: string
  name: string
  parent: string | null
  phones: string[]
  desk: { name: string; phones: string[] } | null
  departments: { code: string; name: string; kind: string; plain: string | null }[]
}

export interface Condition {
  code: string
  name: string
  icd10: string[]
}

export const TRAVELS = [
  { value: 'car', text: '坐车去' },
  { value: 'walk', text: '走着去' },
  { value: 'bus', text: '坐班车' },
  { value: 'ambulance', text: '120 来接' },
]
export const travelText = (code: string) => TRAVELS.find((one) => one.value === code)?.text ?? ''

export const OUTCOMES = [
  { value: 'treated', text: '看好了，在这里治', note: '开了药、做了处理' },
  { value: 'observe', text: '留下观察' },
  { value: 'referred_up', text: '转到上面的医院', note: '接着写转诊单' },
  { value: 'referred_down', text: '转回村里照看' },
  { value: 'sent_home', text: '回家休养' },
]
export const outcomeText = (code: string | null) => OUTCOMES.find((one) => one.value === code)?.text ?? ''

/** Nobody by name alone. */
export const whoText = (one: Person) => `${one.birth_year} 年生 · ${one.village}`

/** Where a slip stands, in the village doctor's words. */
export function standText(slip: Handoff): string {
  if (slip.status === 'sent') return `等${slip.to_name}的医生接`
  if (slip.status === 'taken') return `${slip.taken_by ?? '有医生'}来看，等人到`
  return slip.status === 'seen' ? '医生已经看上了' : '收回了'
}

/** Values measured together as people say them: a pressure as one pair. */
export function readingsText(values: Record<string, string | number>): string {
  const figure = (code: string) => Number(values[code])
  const parts = 'systolic' in values && 'diastolic' in values ? [`血压 ${figure('systolic')}/${figure('diastolic')}`] : []
  for (const code of Object.keys(values)) {
    const known = MEASURES.find((one) => one.code === code)
    if (known && !['systolic', 'diastolic'].includes(code)) parts.push(`${known.text} ${figure(code)}`)
  }
  return parts.join('，')
}

/** What the half page asks for. The units are the measure's own: nothing is converted. */
export const MEASURES = [
  { code: 'systolic', text: '高压', unit: 'mmHg', lowest: 40, highest: 300 },
  { code: 'diastolic', text: '低压', unit: 'mmHg', lowest: 20, highest: 200 },
  { code: 'pulse', text: '脉搏', unit: '次/分', lowest: 20, highest: 260 },
  { code: 'temperature', text: '体温', unit: '℃', lowest: 30, highest: 45 },
  { code: 'glucose_random', text: '血糖', unit: 'mmol/L', lowest: 0.5, highest: 60 },
]
