/** Teams, packages and contracts as the server sends them. */
import type { RuleSource } from '@/api'

export interface Team {
  id: string
  name: string
  institution_name: string
  phone: string
  villages: { code: string; name: string }[]
  serves_your_village: boolean
  yours: boolean
  members: { practitioner_id: string; name: string; part: string; part_text: string }[]
  services: string[]
  room: 'open' | 'nearly_full' | 'full'
  room_text: string
  answer_text: string
  actions: string[]
}

export interface Teams {
  items: Team[]
  rule_text: string
}

export interface Fee {
  total_fen: number
  fund_fen: number
  public_health_fen: number
  resident_fen: number
  sample: boolean
  source: RuleSource
}

export interface PackageItem {
  name: string
  times: number
}

export interface ServicePackage {
  code: string
  name: string
  plain: string
  items: PackageItem[]
  fee: Fee
  fits: boolean
  why_not: string
}

export interface Packages {
  items: ServicePackage[]
  term_months: number
  household_allowed: boolean
}

export interface Member {
  resident_id: string
  name: string
  birth_year: number
  relation: string
  hand: 'self' | 'guardian' | 'authorized' | 'own_hand'
  hand_text: string
  signed_with: string | null
}

export interface Contract {
  id: string
  version: number
  kind: 'individual' | 'household'
  household_id: string | null
  status: 'requested' | 'active' | 'ended' | 'declined' | 'cancelled'
  status_text: string
  resident: { id: string; name: string; birth_year: number; village_name: string }
  team_id: string
  team_name: string
  institution_name: string
  doctor_name: string
  phone: string
  package_name: string
  items: PackageItem[]
  fee: Fee
  requested_at: string
  from_on: string | null
  last_day: string | null
  days_left: number | null
  signed_text: string
  decline_text: string
  end_text: string
  warning: string
  actions: string[]
}

/** "一年 4 次", or what is there whenever it is needed. */
export function timesText(item: PackageItem): string {
  return item.times ? `一年 ${item.times} 次` : '需要时'
}
