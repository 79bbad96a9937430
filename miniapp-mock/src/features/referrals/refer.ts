/** What the doctor has said in the wizard, what of it is sent, and which step a complaint belongs to. */
import type { Choice, Options, Referral, Wanted } from './types'

export const STEPS = ['为什么转', '转到哪里', '带什么去', '核对、签字'] as const

export const emptyWanted = (): Wanted => ({
  diagnosis: '', code: '', indication: '', standard: '', article: 0, institution: '', department: '', category: 'outpatient', day: '', skip: '', grade: '', technique: '', chosen: false, records: [], noRecords: false, summary: '', treatment: '', caution: '',
})

/** A draft on the server as the wizard shows it. */
export function wantedOf(one: Referral): Wanted {
  return {
    diagnosis: one.diagnosis_text,
    code: one.diagnosis_code ?? '',
    indication: one.indication?.code ?? '',
    standard: one.standard?.code ?? '',
    article: one.standard?.article ?? 0,
    institution: one.to_place.code,
    department: one.to_place.department ?? '',
    category: one.category,
    day: one.wanted_on ?? '',
    skip: one.skip_reason?.code ?? '',
    grade: one.surgery_grade ? String(one.surgery_grade) : '',
    technique: one.technique?.code ?? '',
    chosen: one.choice_by_patient,
    records: one.records.map(({ kind, id }) => `${kind}/${id}`),
    noRecords: one.no_records,
    summary: one.summary ?? '',
    treatment: one.treatment ?? '',
    caution: one.caution ?? '',
  }
}

/** What is sent: an emptied field is named, because a missing one stays as it was. */
export function bodyOf(wanted: Wanted): Record<string, unknown> {
  const body: Record<string, unknown> = {
    to_institution: wanted.institution,
    category: wanted.category,
    diagnosis_text: wanted.diagnosis.trim(),
    choice_by_patient: wanted.chosen,
    records: wanted.records.map((one) => ({ kind: one.split('/')[0], id: one.split('/')[1] })),
    no_records: wanted.noRecords && wanted.records.length === 0,
    summary: wanted.summary.trim(),
    treatment: wanted.treatment.trim(),
    caution: wanted.caution.trim(),
  }
  if (wanted.code) body.diagnosis_code = wanted.code
  if (wanted.indication) body.indication = wanted.indication
  const may_be_empty = { standard: wanted.standard, article: wanted.article, to_department: wanted.department, wanted_on: wanted.day, skip_reason: wanted.skip, surgery_grade: Number(wanted.grade), technique: wanted.technique }
  for (const [name, value] of Object.entries(may_be_empty)) if (value) body[name] = value
  body.cleared = Object.entries(may_be_empty).flatMap(([name, value]) => (value ? [] : [name]))
  return body
}

const STEP_OF: Record<string, number> = {
  diagnosis_text: 0, indication: 0, standard: 0, own_wish: 0, to_institution: 1, choice_by_patient: 1, skip_reason: 1, records: 2,
}

/** Where a broken rule is mended; what belongs to no field is mended where one chooses the hospital. */
export function stepOf(pointer: string | null): number {
  return STEP_OF[pointer?.split('/').pop() ?? ''] ?? 1
}

/** What a step still needs before the next one is opened; what may wait is told at the end, all at once. */
export function lackingIn(step: number, wanted: Wanted, options: Options | null): string[] {
  const lacks = [
    [
      !wanted.diagnosis.trim() && '初步诊断',
      !wanted.code && '归到哪种病',
      !wanted.indication && '为什么要转上去',
      !!wanted.indication && articlesOf(options, wanted.indication).length > 0 && !wanted.standard && '符合标准的哪一条',
    ],
    [!wanted.institution && '转到哪一家', !!options && wantsReason(options.choices, wanted.institution) && !wanted.skip && '为什么不去近处的'],
  ][step]
  return (lacks ?? []).filter((one): one is string => !!one)
}

/** Articles of the standards that go with a reason, as one list to choose from. */
export function articlesOf(options: Options | null, indication: string) {
  return (options?.standards ?? []).flatMap((one) =>
    one.articles.filter((article) => article.indication === indication).map((article) => ({ value: `${one.code}/${article.number}`, text: article.text, note: `${one.name} ${one.version}` })),
  )
}

/** What the options are asked with: disease, operation, technique. */
export function askedOf(wanted: Wanted): string {
  const asked = [['diagnosis_code', wanted.code], ['surgery_grade', wanted.grade], ['technique', wanted.technique]].filter(([, value]) => value)
  return asked.length ? `?${asked.map(([name, value]) => `${name}=${value}`).join('&')}` : ''
}

/** How far, and whether they can treat it, under a hospital's name. */
export function placeNote(one: Choice): string {
  const way = one.kilometres === null ? '' : one.kilometres === 0 ? '就在本乡' : `约 ${one.kilometres} 公里`
  const far = [one.outside ? '在县外' : '', way].filter(Boolean).join('，')
  const able = one.able === true ? '能治' : one.able === false ? '没有公布能治，要先问' : ''
  return [one.nearest ? '最近' : '', one.level_name, far, able, one.partner ? '协议医院' : '', one.own_alliance ? '和本院结成一家' : ''].filter(Boolean).join(' · ')
}

/** A nearer one is passed by, or the county left: then the reason is asked for at once instead of being missed later. */
export function wantsReason(choices: Choice[], institution: string): boolean {
  const chosen = choices.find((one) => one.institution === institution)
  return !!chosen && (chosen.passes.length > 0 || chosen.outside)
}
