import { beforeEach, describe, expect, it } from 'vitest'
import { bodyOf, dropPaper, emptyPaper, fromName, keepPaper, keptPaper, lackingAt, missingParts, OTHER, standText, type Incoming } from '../src/features/handover/paper'
import { bedText } from '../src/features/handover/types'
import { ticket } from '../src/session/ticket'

const patient = { id: 'r', name: '王桂兰', birth_year: 1958, village_name: '袁庄村', household_head: '王桂兰' }
const full = () => ({ ...emptyPaper(), patient, hospital: '省人民医院', discharged: '2026-11-27', diagnosis: ' 高血压 3 级 ', category: 'home' as const, house: 'th-yuanzhuang' })

describe('the paper from above', () => {
  beforeEach(() => dropPaper())

  it('names all that a step still wants, and nothing that the paper itself lacks', () => {
    expect([0, 1, 2, 3].map((step) => lackingAt(step, emptyPaper()))).toEqual([['病人是谁'], ['从哪家医院来', '哪天出院', '什么病', '接着住院还是回家'], [], ['问哪家']])
    expect([0, 1, 2, 3].flatMap((step) => lackingAt(step, full()))).toEqual([])
  })
  it('takes a hospital that the county does not list, by its name', () => {
    expect(fromName({ ...full(), hospital: OTHER, hospitalName: ' 昆明市一院 ' })).toBe('昆明市一院')
    expect(lackingAt(1, { ...full(), hospital: OTHER, hospitalName: ' ' })).toEqual(['从哪家医院来'])
  })
  it('says which parts are missing for this way, and bars nothing', () => {
    const parts = [{ code: 'a', name: '预后评估', required_for: ['bed', 'home'] }, { code: 'b', name: '床位', required_for: ['bed'] }, { code: 'c', name: '用药', required_for: ['home'] }]
    expect(missingParts(parts, { ...full(), parts: ['c'] })).toEqual(['预后评估'])
    expect(missingParts(parts, emptyPaper())).toEqual([])
  })
  it('sends what is empty as nothing', () => {
    const body = bodyOf({ ...full(), drugs: [{ name: ' 氨氯地平 ', dose: '', until: '' }] }, '')
    expect(body).toMatchObject({ resident_id: 'r', from_name: '省人民医院', from_phone: null, paper_number: null, diagnosis_code: null, review_on: null, photo: null, diagnosis_text: '高血压 3 级' })
    expect(body.drugs).toEqual([{ name: '氨氯地平', dose: '', until_on: null }])
  })
  it('says who has the patient', () => {
    const one = { accepted_by: null, asked: '张建国', to_name: '袁庄乡卫生院' } as Incoming
    expect(standText(one)).toBe('等张建国接')
    expect(standText({ ...one, asked: null })).toContain('袁庄乡卫生院')
    expect(standText({ ...one, accepted_by: '张建国' })).toBe('张建国医生接下了')
    expect(standText({ ...one, accepted_by: '张建国', bed: '18 床' })).toBe('张建国医生接下了，住 18 床')
    expect(bedText('3-18')).toBe('3-18 床')
  })
  it('keeps what was begun for who began it, and for nobody else', () => {
    ticket.subject = 'doctor-a'
    keepPaper(full())
    expect(keptPaper()?.patient?.name).toBe('王桂兰')
    ticket.subject = 'doctor-b'
    expect(keptPaper()).toBeNull()
    ticket.subject = 'doctor-a'
    dropPaper()
    expect(keptPaper()).toBeNull()
  })
})
