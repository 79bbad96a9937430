/** What the server tells about a referral, as the pages of this feature read it. */
import type { RuleSource } from '@/api/problem'

export interface Now {
  code: string
  title: string
  detail: string
  who: string
  where: string
  phone: string
  /** Called first, where nobody is to wait. */
  urgent_phone: string
  since: string | null
  due_at: string | null
  overdue: boolean
  next: string
  /** It is this reader's turn: the server speaks to whoever reads. */
  yours: boolean
}

/** Who is asked, where and for what, without a dot before an empty place. */
export const whereText = (department: string | null, category: string) => [department, CATEGORIES[category]].filter(Boolean).join(' · ')

export interface Moment {
  code: string
  title: string
  detail: string
  state: 'done' | 'now' | 'next' | 'stopped'
  at: string | null
}

export interface Named {
  code: string
  name: string
}

/** A rule that is broken, whose it is, and what to do instead. */
export interface Broken {
  rule: string
  text: string
  instead: string
  pointer: string | null
  source: RuleSource
}

export interface Choice {
  institution: string
  name: string
  level: string
  level_name: string
  kilometres: number | null
  able: boolean | null
  outside: boolean
  partner: boolean
  nearest: boolean
  own_alliance: boolean
  passes: string[]
  departments: Named[]
  phones: string[]
}

export interface Options {
  condition: Named | null
  own_scope: boolean
  /** What of it may not be done here, in words. */
  own_beyond: string[]
  grades: Named[]
  techniques: Named[]
  may_issue: boolean
  /** The stay here that the patient goes up out of, and where that makes only the difference due. */
  lower_stay: { id: string; department_name: string; admitted_at: string; discharged_at: string | null; to_levels: string[]; source: RuleSource | null } | null
  indications: { code: string; plain: string; short: string; source: RuleSource }[]
  standards: { code: string; name: string; version: string; articles: { number: number; text: string; indication: string }[]; source: RuleSource }[]
  choices: Choice[]
  skip_reasons: Named[]
  own_wish: Broken
  choice_source: RuleSource
}

/** What the doctor has said so far. */
export interface Wanted {
  diagnosis: string
  code: string
  indication: string
  standard: string
  article: number
  institution: string
  department: string
  category: string
  day: string
  skip: string
  /** The grade of an operation (1 to 4), and a technique that needs admission; empty when there is none. */
  grade: string
  technique: string
  chosen: boolean
  records: string[]
  noRecords: boolean
  summary: string
  treatment: string
  caution: string
}

export interface ReferralLine {
  id: string
  direction: string
  status: string
  emergency: boolean
  person: Person | null
  from_name: string
  to_name: string
  diagnosis_text: string
  now: Now
}

export interface Place {
  code: string
  name: string
  outside: boolean
  department: string | null
  department_name: string | null
  desk: string
  desk_place: string
  phones: string[]
}

export interface Person {
  id: string
  name: string
  birth_year: number
  village: string
}

/** What family, paper or telephone told of a hospital without a desk here. */
export interface OutsideNews {
  id: string
  source_text: string
  told_by: string
  what: string
  summary: string | null
  written_by: string
  written_at: string
  struck_at: string | null
  struck_by: string | null
  strike_reason: string | null
}

export interface Referral {
  id: string
  version: number
  direction: 'up' | 'down'
  category: string
  status: string
  emergency: boolean
  person: Person | null
  from_place: Place
  to_place: Place
  doctor: { name: string; phone: string }
  diagnosis_text: string
  diagnosis_code: string | null
  to_doctor: string | null
  wanted_on: string | null
  skip_reason: Named | null
  surgery_grade: number | null
  technique: Named | null
  treatment: string | null
  caution: string | null
  return_reason: string | null
  answer: { status: string; decline_text: string | null; note: string; alternative_institution: string | null; alternative_name: string | null } | null
  problems: Broken[]
  flags: Broken[]
  indication: { code: string; plain: string; short: string; source: RuleSource } | null
  standard: { code: string; name: string; version: string; article: number | null; article_text: string; source: RuleSource } | null
  offered: { code: string; name: string }[]
  choice_by_patient: boolean
  no_records: boolean
  records: { kind: string; id: string }[]
  summary: string | null
  /** What the hospital wrote back; an earlier visit's stands above. */
  result: string | null
  outside_news: OutsideNews[]
  content_hash: string | null
  now: Now
  way: Moment[]
  certificate: { number: string; printed_number: string; valid_until: string; state: string; text: string } | null
  chain_source: RuleSource | null
  actions: string[]
}

export interface EstimateLine {
  code: string
  text: string
  fen: number | null
  sample: boolean
  source: RuleSource
}

export interface Estimate {
  applies: boolean
  deductible_fen: number
  lines: EstimateLine[]
  examples: { eligible_fen: number; fund_fen: number; own_fen: number }[]
  covers: string
  agency_phone: string
  sample: boolean
  if_stay: Estimate | null
}

export interface Appointment {
  id: string
  status: string
  starts_at: string
  /** An offer: until when it is kept for an answer. */
  held_until: string | null
  institution_name: string
  department_name: string
  report_to: string
  actions: string[]
}

/** A bed that was asked for: kept, waited for until a day, or none with what is open instead. */
export interface Bed {
  status: string
  bed: string | null
  priority: string
  department_name: string
  institution_name: string
  needed_by: string
  expected_on: string | null
  ahead: number
  reason: string | null
  free_on: string | null
  instead: string | null
}

export interface Around {
  referral_id: string
  appointment: Appointment | null
  bed: Bed | null
  estimate: Estimate
}

export interface ConsentText {
  code: string
  version: string
  text: string
  ticks: string[]
  content_hash: string
  needs_guardian: boolean
  child_to_hear: boolean
  guardian_relations: string[]
  kin_relations: string[]
  languages: string[]
  /** Who may sign today by a written authority; only whoever helps is told. */
  entrusted: { id: string; holder_name: string; relation: string; until_on: string }[]
  /** Why whoever reads this cannot sign it: shown in place of the form. */
  refused: Broken | null
  source: RuleSource
}

export interface Signature {
  id: string
  referral_id: string
  title: string
  act: string
  status: string
  signs_as: string
  due_at: string | null
  late: boolean
  emergency: boolean
  content_hash: string
  person: Person
  from_name: string
  to_name: string
  to_department_name: string | null
  category: string
  diagnosis_text: string
  indication: { plain: string; short: string; source: RuleSource } | null
  standard: { name: string; version: string; article_text: string } | null
  choice_by_patient: boolean
  doctor: { name: string; phone: string }
  /** The next step, for which this reader's one signature counts too. */
  covers: string
  covers_note: string
  before: { id: string; title: string; status: string; who: string; signed_at: string | null }[]
  consent: string
  answer: string
  source: RuleSource
}

/** How far each of the three tracks is, for whoever signs. */
export const CONSENTS: Record<string, string> = {
  none: '还没问本人',
  asked: '等本人签',
  given: '本人或监护人签了',
  declined: '本人不同意',
  withdrawn: '本人改了主意',
  overtaken: '内容改了，要重新签',
}
export const ANSWERS: Record<string, string> = {
  none: '还没问',
  asked: '等医院答复',
  passed_on: '医院的医务科在定',
  announced: '急诊，已告诉医院',
  accepted: '医院说可以来',
  declined: '医院接不了',
  overtaken: '换了一家',
  disowned: '答复记错了，在重新问',
}
export const STEPS: Record<string, string> = {
  waiting: '还没轮到',
  open: '正等签',
  signed: '签了',
  covered: '一人兼，一起签了',
  returned: '退回了',
  void: '内容改了，要重签',
}

export const CATEGORIES: Record<string, string> = {
  outpatient: '看门诊',
  stay: '住院',
  examination: '做检查',
  bed: '回乡卫生院住院',
  home: '回家，由医生管',
}
