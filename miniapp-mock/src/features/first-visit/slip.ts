/** The village doctor's half page: what is missing or cannot be true is known here, without a signal too. */
import { readNumber } from '../../numbers'
import { MEASURES } from './types'

export interface Slip {
  complaint: string
  why: string
  given: string
  since: string
  values: Record<string, string>
  phoned: string
  travel: string
  /** Minutes since the person left; 0 is now. */
  left: string
  urgent: boolean
}

export const LEFT = [
  { value: '0', text: '现在走' },
  { value: '30', text: '半小时前走的' },
  { value: '60', text: '一小时前走的' },
  { value: '120', text: '两小时前走的' },
]

export const emptySlip = (): Slip => ({ complaint: '', why: '', given: '', since: '', values: {}, phoned: '', travel: '', left: '0', urgent: false })

/** A pressure needs both of its numbers, the right way round; each number must be possible at all. */
export function wrongValue(values: Record<string, string>, code: string): string {
  const typed = (values[code] ?? '').trim()
  const measure = MEASURES.find((one) => one.code === code)
  const value = readNumber(typed)
  const other = { systolic: 'diastolic', diastolic: 'systolic' }[code]
  if (typed === '') return other && (values[other] ?? '').trim() ? '血压要高压、低压一起填。' : ''
  if (value === null || !measure) return '请填数字。'
  if (value < measure.lowest || value > measure.highest) return `不像真的，一般在 ${measure.lowest} 到 ${measure.highest} 之间。请再量一遍。`
  const low = readNumber(values.diastolic ?? '')
  return code === 'systolic' && low !== null && value <= low ? '像是填反了，高压填在上面。' : ''
}

/** What is not there yet, by field. */
export function missingIn(slip: Slip): Record<string, string> {
  const missing: Record<string, string> = {}
  if (!slip.complaint.trim()) missing.complaint = '请写上哪里不舒服。'
  if (!slip.why.trim()) missing.why = '请写上为什么要送。'
  if (!slip.travel) missing.travel = '请选怎么去。'
  for (const { code } of MEASURES) {
    const wrong = wrongValue(slip.values, code)
    if (wrong) missing[code] = wrong
  }
  return missing
}

/** When the person went out of the door, counted back from when it was written down. */
export function leftAt(minutes: string, at: string): string {
  return minutes === '0' ? at : new Date(Date.parse(at) - Number(minutes) * 60_000).toISOString()
}

/** What is sent. `at` is when it was written down: without a signal it arrives later, and the person left then. */
export function bodyOf(slip: Slip, residentId: string, at: string) {
  const values = MEASURES.flatMap(({ code, unit }) => {
    const value = readNumber(slip.values[code] ?? '')
    return value === null ? [] : [{ code, value, unit }]
  })
  const phoned = slip.phoned.trim()
  return {
    resident_id: residentId,
    complaint: slip.complaint.trim(),
    why: slip.why.trim(),
    given: slip.given.trim(),
    since_on: slip.since || null,
    values,
    phoned,
    phoned_at: phoned ? at : null,
    left_at: leftAt(slip.left, at),
    travel: slip.travel,
    urgent: slip.urgent || slip.travel === 'ambulance',
  }
}
