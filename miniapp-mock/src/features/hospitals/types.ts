/** Hospitals as everybody may know them. */
import type { RuleSource } from '@/api/problem'

export interface Named {
  code: string
  name: string
}

export interface House extends Named {
  level_name: string
  town_name: string | null
  outside: boolean
  phones: string[]
  desk: { name: string; place: string; phones: string[] } | null
}

export interface HouseDetail extends House {
  second_name: string | null
  parent_name: string | null
  departments: (Named & { plain: string | null })[]
  capability: {
    treats: Named[]
    services: string[]
    equipment: string[]
    techniques: Named[]
    surgery_grade: number
    sample: boolean
    source: RuleSource
  } | null
  benefit: {
    stay_deductible_fen: number | null
    stay_bands: { up_to_fen: number | null; percent: number }[]
    outpatient_percent: number | null
    sample: boolean
    source: RuleSource
  } | null
}
