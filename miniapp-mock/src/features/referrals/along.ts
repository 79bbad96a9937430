/** What goes along with a referral, and how it is put in: one photo or a few drugs a time. */
import type { Entry } from '@/entries'

export interface Pill {
  id: string
  name: string
  dose: string
  until_on: string | null
  prescribed: boolean
  at: string
  later: boolean
}

export interface Picture {
  id: string
  kind: string
  kind_name: string
  words: string
  at: string
  later: boolean
}

/** A part of the record; of a result also whether it counts where the patient goes. */
export type RecordAlong = Entry & { recognised: boolean | null; recognition: string }

export interface Taking {
  prescription_id: string
  drug: string
  name: string
  dose: string
  until_on: string
}

export interface Along {
  referral_id: string
  records: RecordAlong[]
  drugs: Pill[]
  pictures: Picture[]
  summary: string | null
  treatment: string | null
  caution: string | null
  may_add: boolean
  most_pictures: number
  picture_kinds: { code: string; name: string }[]
  taking: Taking[]
}

/** A photo over a village's signal takes longer than words. */
export const UPLOAD_MS = 90_000

/** What is written under a drug: how it is taken, until when, and that it was no prescription of this system. */
export const pillNote = (one: Pill, until: string) => [one.dose, until && `够吃到${until}`, one.prescribed ? '' : '医生手写'].filter(Boolean).join('，')

/** Whether there is anything at all for somebody who only reads. */
export const anything = (one: Along) => one.drugs.length + one.pictures.length + one.records.length > 0 || !!(one.summary || one.treatment || one.caution)
