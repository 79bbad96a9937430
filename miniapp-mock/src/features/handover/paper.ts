/** A paper from a hospital above: what is written down of it, what is still wanted, and where it stands. */
import { platform } from '@/platform'
import { ticket } from '@/session/ticket'
import { bedText, type Named, type Person } from './types'

export interface PaperDrug {
  name: string
  dose: string
  until_on: string | null
}

export interface PaperOptions {
  hospitals: { name: string; phones: string[] }[]
  parts: { code: string; name: string; required_for: string[] }[]
  houses: Named[]
  decline_reasons: Named[]
}

export interface Incoming {
  id: string
  version: number
  status: 'registered' | 'accepted'
  person: Person & { id: string }
  from_name: string
  from_phone: string | null
  paper_number: string | null
  discharged_on: string
  category: 'bed' | 'home'
  diagnosis_code: string | null
  diagnosis_text: string
  missing: string[]
  drugs: PaperDrug[]
  medicine_ends_on: string | null
  review_on: string | null
  watch: string
  has_photo: boolean
  registered_at_name: string
  registered_at_phones: string[]
  to_institution: string
  to_name: string
  asked: string | null
  answer_by: string | null
  accepted_by: string | null
  stay_id: string | null
  bed: string | null
  actions: string[]
}

/** The person a paper is about, as chosen. */
export interface Patient {
  id: string
  name: string
  birth_year: number
  village_name: string
  household_head: string
}

/** The hospital is not in the county's list and is written by hand. */
export const OTHER = 'other'
/** A bed may also be in a hospital of the county. */
export const PAPER_WAYS: Record<string, string> = { bed: '接着住院', home: '回家，由家庭医生照看' }
export const STEPS = ['谁', '从哪来、什么病', '纸上有什么', '问哪家接'] as const

export const emptyPaper = () => ({
  patient: null as Patient | null,
  hospital: '',
  hospitalName: '',
  phone: '',
  number: '',
  discharged: '',
  category: '' as '' | 'bed' | 'home',
  diagnosis: '',
  code: '',
  parts: [] as string[],
  drugs: [] as { name: string; dose: string; until: string }[],
  review: '',
  watch: '',
  house: '',
})
export type Paper = ReturnType<typeof emptyPaper>

export const fromName = (paper: Paper) => (paper.hospital === OTHER ? paper.hospitalName.trim() : paper.hospital)

/** What bars the next step. What the paper itself lacks never does. */
export function lackingAt(step: number, paper: Paper): string[] {
  return [
    [!paper.patient && '病人是谁'],
    [
      fromName(paper).length < 2 && '从哪家医院来',
      !paper.discharged && '哪天出院',
      !paper.diagnosis.trim() && '什么病',
      !paper.category && '接着住院还是回家',
    ],
    [],
    [!paper.house && '问哪家'],
  ][step].filter((one): one is string => !!one)
}

/** Parts wanted for this way that are not ticked: asked for by phone, never a reason to turn somebody away. */
export const missingParts = (parts: PaperOptions['parts'], paper: Paper) =>
  parts.filter((one) => paper.category && one.required_for.includes(paper.category) && !paper.parts.includes(one.code)).map((one) => one.name)

export function bodyOf(paper: Paper, photo: string) {
  return {
    resident_id: paper.patient?.id ?? '',
    from_name: fromName(paper),
    from_phone: paper.phone.trim() || null,
    paper_number: paper.number.trim() || null,
    discharged_on: paper.discharged,
    category: paper.category,
    to_institution: paper.house,
    diagnosis_text: paper.diagnosis.trim(),
    diagnosis_code: paper.code || null,
    parts: paper.parts,
    drugs: paper.drugs.map((one) => ({ name: one.name.trim(), dose: one.dose.trim(), until_on: one.until || null })),
    review_on: paper.review || null,
    watch: paper.watch.trim(),
    photo: photo || null,
  }
}

/** Where a paper stands: who has it. */
export function standText(one: Incoming): string {
  if (one.accepted_by) return `${one.accepted_by}医生接下了${one.bed ? `，住 ${bedText(one.bed)}` : ''}`
  return one.asked ? `等${one.asked}接` : `等${one.to_name}的医生接`
}

const KEY = 'kept.paper'

/** What was begun on this phone by this person; the photo is not kept. */
export function keptPaper(): Paper | null {
  const kept = platform.storage.get<{ subject: string; paper: Paper }>(KEY)
  return kept?.subject === ticket.subject ? { ...emptyPaper(), ...kept.paper } : null
}
export const keepPaper = (paper: Paper) => platform.storage.set(KEY, { subject: ticket.subject, paper })
export const dropPaper = () => platform.storage.remove(KEY)
