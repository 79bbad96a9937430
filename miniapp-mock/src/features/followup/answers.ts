/** What stands on the form, what is wrong with it, and whether it is dangerous: known here, without a signal too. */
import { readNumber } from '../../numbers'
import type { Form, Measure } from './types'

export interface Answers {
  values: Record<string, string>
  signs: string[]
  fields: Record<string, string | string[] | boolean>
  note: string
}

export const emptyAnswers = (): Answers => ({ values: {}, signs: [], fields: {}, note: '' })

export function wrongNumber(measure: Measure, text: string): string {
  if (text.trim() === '') return ''
  const value = readNumber(text)
  if (value === null) return '请填数字。'
  if (value < measure.lowest || value > measure.highest) {
    return `不像真的，一般在 ${measure.lowest} 到 ${measure.highest} 之间。请再量一遍，对着机器上的数填。`
  }
  return ''
}

export function isDangerous(measure: Measure, value: number): boolean {
  return (measure.danger_from !== null && value >= measure.danger_from) || (measure.danger_to !== null && value <= measure.danger_to)
}

function measured(form: Form, answers: Answers): Record<string, number> {
  const found: Record<string, number> = {}
  for (const { code } of form.measures) {
    const value = readNumber(answers.values[code] ?? '')
    if (value !== null) found[code] = value
  }
  return found
}

/** What of the answers is dangerous by itself, in the words of the form. */
export function dangersIn(form: Form, answers: Answers): string[] {
  const values = measured(form, answers)
  const numbers = form.measures.filter(({ code }) => code in values).filter((one) => isDangerous(one, values[one.code]))
  const signs = form.danger_signs.filter(({ code }) => answers.signs.includes(code))
  return [...numbers.map((one) => `${shortName(one)} ${values[one.code]}`), ...signs.map(({ ask }) => ask)]
}

/** "高压（上面的数）" is explained once; afterwards its name is enough. */
export function shortName(measure: { plain: string }): string {
  return measure.plain.replace(/（.*）/, '')
}

/**
 * What must still be filled, by code: a clinician fills all that is required, a patient at least one pressure whole.
 * With a danger sign nothing is: who cannot be woken is not kept waiting for a number.
 */
export function missingIn(form: Form, answers: Answers, byPatient: boolean): Record<string, string> {
  if (answers.signs.length > 0) return {}
  const values = measured(form, answers)
  const required = form.measures.filter((one) => one.required)
  const pressure = required.filter(({ code }) => code === 'systolic' || code === 'diastolic')
  const touched = pressure.some(({ code }) => code in values)
  const none = !required.some(({ code }) => code in values)
  const missing: Record<string, string> = {}
  for (const one of required) {
    if (one.code in values) continue
    if (!byPatient || none || (touched && pressure.includes(one))) missing[one.code] = `还没有填${shortName(one)}。`
  }
  for (const one of form.fields) {
    const value = answers.fields[one.code]
    if (one.required && (value === undefined || value === '')) missing[one.code] = '请选一个。'
  }
  const { systolic: high, diastolic: low } = values
  if (high !== undefined && low !== undefined && low >= high) missing.systolic = '高压应该比低压大，两个数可能填反了。'
  return missing
}

/** The body of the answer; what was not filled is not sent. */
export function bodyOf(form: Form, answers: Answers, mode: string, takenAt: string | null) {
  const fields: Record<string, string | string[] | boolean | number> = {}
  for (const one of form.fields) {
    const value = answers.fields[one.code]
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue
    const number = one.kind === 'number' ? readNumber(String(value)) : null
    if (one.kind !== 'number') fields[one.code] = value
    else if (number !== null) fields[one.code] = number
  }
  return {
    measures: measured(form, answers),
    danger_signs: answers.signs,
    fields,
    mode,
    ...(answers.note.trim() ? { note: answers.note.trim() } : {}),
    ...(takenAt ? { taken_at: takenAt } : {}),
  }
}

/** Ticks or unticks one of many; "没有" stands alone. */
export function toggle(chosen: string[], one: string, none = '没有'): string[] {
  if (chosen.includes(one)) return chosen.filter((other) => other !== one)
  return one === none ? [one] : [...chosen.filter((other) => other !== none), one]
}
