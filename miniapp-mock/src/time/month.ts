/** Days of one month laid out in weeks that begin on Monday. Dates are `2026-11-26`, without a zone. */

export interface MonthDay {
  date: string
  day: number
  /** Column, Monday is 0. */
  column: number
}

const two = (value: number) => String(value).padStart(2, '0')

/** All days of a month; `month` is `2026-11`. */
export function daysOf(month: string): MonthDay[] {
  const [year, number] = month.split('-').map(Number)
  const count = new Date(Date.UTC(year, number, 0)).getUTCDate()
  const first = (new Date(Date.UTC(year, number - 1, 1)).getUTCDay() + 6) % 7
  return Array.from({ length: count }, (_, index) => ({
    date: `${month}-${two(index + 1)}`,
    day: index + 1,
    column: (first + index) % 7,
  }))
}

/** The month before (-1) or after (+1). */
export function monthBeside(month: string, step: number): string {
  const [year, number] = month.split('-').map(Number)
  const at = new Date(Date.UTC(year, number - 1 + step, 1))
  return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}`
}

/** "2026年11月". */
export function monthText(month: string): string {
  const [year, number] = month.split('-')
  return `${year}年${Number(number)}月`
}

/** Today's date in Beijing. */
export function dateOf(now: number): string {
  return new Date(now + 8 * 3_600_000).toISOString().slice(0, 10)
}
