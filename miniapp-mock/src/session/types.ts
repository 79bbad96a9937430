/** What `GET /api/v1/me` tells about the person who holds the phone. */

export type Relation = 'self' | 'proxy' | 'guardian'

export interface Staff {
  practitioner_id: string
  name: string
  roles: string[]
  institution: { id: string; name: string }
  department: string | null
}

export interface Resident {
  id: string
  name: string
  relation: Relation
  birth_year: number
  village: string
  assurance: string
}

export interface Me {
  county: { id: string; name: string }
  person: { id: string; name: string }
  staff: Staff | null
  residents: Resident[]
  acting_for: string | null
  privacy_consent_needed: boolean
  /** Health data are agreed to separately; without it no record can be claimed. */
  health_consent_needed: boolean
}

export interface SignInAnswer {
  token: string
  expires_at: string
}

/** The text a person agrees to, in the version that is recorded. */
export interface PrivacyNotice {
  version: string
  title: string
  text: string
  health_title: string
  health_text: string
  child_title: string
  child_text: string
}
