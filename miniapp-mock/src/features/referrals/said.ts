/** Who speaks for a patient on a phone of the staff, and how it was heard; the server asks for the same. */
import type { ConsentText } from './types'

export interface Said {
  by: 'self' | 'guardian' | 'authorised' | 'relative'
  signer_name: string
  relation: string
  authority_id: string
  identity_known: boolean
  doctor_confirms: boolean
  witness: string
  language: string
  interpreter: string
}

export const emptySaid = (): Said => ({ by: 'self', signer_name: '', relation: '', authority_id: '', identity_known: false, doctor_confirms: false, witness: '', language: '', interpreter: '' })

/** Who may speak: a grown-up for themselves, a guardian for a child, whoever has a paper, the nearest relative last. */
export function speakers(text: ConsentText, patient: string) {
  const entrusted = text.entrusted.length ? [{ value: 'authorised', text: '拿着委托书的人', note: text.entrusted.map((one) => `${one.holder_name}（${one.relation}）`).join('、') }] : []
  if (text.needs_guardian) return [{ value: 'guardian', text: '监护人', note: '父母、爷爷奶奶等' }, ...entrusted]
  return [{ value: 'self', text: '本人', note: patient }, ...entrusted, { value: 'relative', text: '最近的亲属', note: '本人一时说不了话、定不了事，由医生确认' }]
}

/** What the rules want and is not there yet. */
export function lackingOf(said: Said, helped: boolean): string[] {
  const another = helped && said.by !== 'self'
  const kin = helped && (said.by === 'guardian' || said.by === 'relative')
  return [
    another && said.by === 'authorised' && !said.authority_id && '是哪一位拿着委托书',
    kin && !said.signer_name.trim() && '签字人姓名',
    kin && !said.relation && '是病人的什么人',
    another && !said.identity_known && '打勾“看过证件，或者本来就认识”',
    helped && said.by === 'relative' && !said.doctor_confirms && '打勾“医生确认”',
    !said.language && '用什么话讲的',
    helped && !said.witness.trim() && '见证人姓名',
  ].filter((one): one is string => !!one)
}

/** As it is sent; names that do not count for this speaker stay behind. */
export function bodyOf(said: Said) {
  const kin = said.by === 'guardian' || said.by === 'relative'
  return {
    by: said.by,
    signer_name: kin ? said.signer_name.trim() : '',
    relation: kin ? said.relation : '',
    authority_id: said.by === 'authorised' ? said.authority_id || null : null,
    identity_known: said.by !== 'self' && said.identity_known,
    doctor_confirms: said.by === 'relative' && said.doctor_confirms,
    witness: said.witness.trim(),
    language: said.language,
    interpreter: said.interpreter.trim(),
  }
}
