/** What was made before of an examination, as the server tells it. */
import type { RuleSource } from '@/api/problem'

/** The county's words on making something again, and the national reasons for which it is done all the same. */
export interface RepeatRule {
  text: string
  source: RuleSource
  reasons: { code: string; text: string }[]
  reasons_source: RuleSource
}

/** A result of an examination that was made before, and whether it counts here. */
export interface MadeBefore {
  id: string
  item: string
  name: string
  institution_name: string
  taken_on: string
  text: string | null
  recognition: { recognised: boolean; text: string; valid_until: string | null; source: RuleSource } | null
}
