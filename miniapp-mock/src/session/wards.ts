/** Children for whom the privacy law asks their guardian separately. */
import type { Resident } from './types'

const AGE = 14

/** Wards who may be under 14. Only the year of birth is known here, so one who turns 14 this year is still asked about. */
export function wardsUnder14(residents: Resident[], now: number): Resident[] {
  const year = new Date(now + 8 * 3_600_000).getUTCFullYear()
  return residents.filter((one) => one.relation === 'guardian' && year - one.birth_year <= AGE)
}
