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

/** Somebody one answers for: key groups by name, and whether they signed with one of one's own teams. */
export interface OwnPerson extends ResidentCard {
  groups: string[]
  signed: boolean
}

export interface OwnPeople {
  items: OwnPerson[]
  next_cursor: string | null
  villages: { code: string; name: string; people: number }[]
}

export interface House {
  key: string
  village: string
  number: string
  head: string
  people: OwnPerson[]
}

/** A list in walking order, cut into houses; a house that goes on over the next page stays one. */
export function housesOf(items: OwnPerson[]): House[] {
  const houses: House[] = []
  for (const one of items) {
    const key = `${one.village_name}/${one.household}`
    const last = houses[houses.length - 1]
    if (last?.key === key) last.people.push(one)
    else houses.push({ key, village: one.village_name, number: one.household, head: one.household_head, people: [one] })
  }
  return houses
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
