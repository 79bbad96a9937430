/** Written authorities of one person, and a new one as it lies on the table. */
export interface Authority {
  id: string
  matter: string
  referral_id: string | null
  holder_name: string
  relation: string
  holder_number: string
  given_by: 'self' | 'guardian'
  giver_name: string
  giver_relation: string
  until_on: string
  photo: boolean
  witness: string
  on_phone: boolean
  registered_by: string
  institution_name: string
  registered_at: string
  state: 'holds' | 'ended' | 'expired' | 'overtaken'
  text: string
  actions: string[]
}

export interface Authorities {
  items: Authority[]
  needs_guardian: boolean
  guardian_relations: string[]
  most_days: number
}

export const MATTERS: Record<string, string> = { referral: '转诊签字', contract: '家庭医生签约' }
export const matterText = (one: Authority) => (one.referral_id ? '只管一次转诊' : MATTERS[one.matter])

export const emptyPaper = () => ({ holder: '', relation: '', paper: 'id_card', number: '', seen: false, matter: 'referral', one: true, until: '', giver: '', giverRelation: '', related: '', witness: '' })
export type Paper = ReturnType<typeof emptyPaper>

export const lackingOf = (paper: Paper, guardian: boolean, photo: string) =>
  [
    !paper.holder.trim() && '受托人姓名',
    !paper.relation.trim() && '受托人是病人的什么人',
    !paper.number.trim() && '证件号',
    !paper.seen && '打勾“看过证件”',
    guardian && !paper.giver.trim() && '监护人姓名',
    guardian && !paper.giverRelation && '监护人是病人的什么人',
    !paper.until && '到哪天',
    !photo && !paper.witness.trim() && '委托书照片，或见证人',
  ].filter((one): one is string => !!one)

export const bodyOf = (paper: Paper, guardian: boolean, photo: string, referral: string) => ({
  holder_name: paper.holder.trim(),
  relation: paper.relation.trim(),
  holder_paper: paper.paper,
  holder_number: paper.number.trim(),
  papers_seen: paper.seen,
  matter: paper.matter,
  referral_id: referral && paper.one && paper.matter === 'referral' ? referral : null,
  until_on: paper.until,
  giver_name: guardian ? paper.giver.trim() : '',
  giver_relation: guardian ? paper.giverRelation : '',
  related_id: paper.related || null,
  photo: photo || null,
  witness: paper.witness.trim(),
})
