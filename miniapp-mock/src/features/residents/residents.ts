/** A resident as staff find and see them. */

export interface ResidentCard {
  id: string
  name: string
  sex: string
  birth_year: number
  village_name: string
  household: string
  household_head: string
  namesake: boolean
  away_at: string | null
  conditions: string[]
}

export interface ResidentView extends ResidentCard {
  birth_on: string
  ethnicity: string
  language: string
  record_number: string
  id_number_masked: string | null
  phone: string | null
  address: string | null
  insurance: string
  needs_guardian: boolean
  under_fourteen: boolean
  on_wechat: boolean
  related: { id: string; kind: string; name: string; relation: string }[]
  actions: string[]
}

const SEXES: Record<string, string> = { male: '男', female: '女' }
const CONDITIONS: Record<string, string> = {
  hypertension: '高血压',
  diabetes: '糖尿病',
  tuberculosis: '结核病',
  'stroke-recovery': '中风恢复',
  'hip-replacement': '髋关节置换',
}
const INSURANCES: Record<string, string> = { resident: '居民医保', employee: '职工医保', none: '没有医保' }

export const sexText = (sex: string) => SEXES[sex] ?? ''
export const conditionText = (code: string) => CONDITIONS[code] ?? '慢性病'
export const insuranceText = (code: string) => INSURANCES[code] ?? ''
/** Whose house it is; the head of it is not told their own name. */
export const headText = (one: { name: string; household_head: string }) => (one.household_head === one.name ? '户主本人' : `户主 ${one.household_head}`)
/** Nobody by name alone. */
export const whoText = (one: ResidentCard) => `${one.village_name} ${one.household} 号 · ${one.birth_year}年生 · ${headText(one)}`
