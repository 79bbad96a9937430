import { describe, expect, it } from 'vitest'
import { bodyOf as slipBody, emptySlip, missingIn, wrongValue } from '../src/features/first-visit/slip'
import { readingsText, standText, type Handoff } from '../src/features/first-visit/types'
import { findVillagers, type Villager } from '../src/features/first-visit/village-store'
import { entryText } from '../src/entries'
import { articlesOf, bodyOf, emptyWanted, placeNote, stepOf, wantsReason } from '../src/features/referrals/refer'
import type { Choice, Options } from '../src/features/referrals/types'

describe('the slip from the village', () => {
  it('names everything that is missing at once', () => {
    expect(Object.keys(missingIn(emptySlip()))).toEqual(['complaint', 'why', 'travel'])
    expect(missingIn({ ...emptySlip(), complaint: '头胀', why: '没降', travel: 'car' })).toEqual({})
  })
  it('wants a pressure whole and the right way round, and nothing that cannot be', () => {
    expect(wrongValue({ systolic: '168' }, 'diastolic')).toContain('一起填')
    expect(wrongValue({ systolic: '90', diastolic: '150' }, 'systolic')).toContain('填反')
    expect(wrongValue({ systolic: '１６８', diastolic: '102' }, 'systolic')).toBe('')
    expect(wrongValue({ temperature: '80' }, 'temperature')).toContain('30 到 45')
    expect(wrongValue({ pulse: '很快' }, 'pulse')).toContain('数字')
    expect(wrongValue({}, 'pulse')).toBe('')
  })
  it('says when the person left, because it may arrive much later, and that an ambulance is urgent', () => {
    const body = slipBody({ ...emptySlip(), complaint: ' 头胀 ', why: '没降', travel: 'ambulance', values: { systolic: '168', diastolic: '102', pulse: '' } }, 'r', '2026-11-24T01:00:00Z')
    expect(body).toMatchObject({ complaint: '头胀', left_at: '2026-11-24T01:00:00Z', phoned_at: null, since_on: null, urgent: true })
    expect(body.values).toEqual([{ code: 'systolic', value: 168, unit: 'mmHg' }, { code: 'diastolic', value: 102, unit: 'mmHg' }])
  })
  it('counts back to when the person left before it was written', () => {
    expect(slipBody({ ...emptySlip(), left: '30' }, 'r', '2026-11-24T01:00:00Z').left_at).toBe('2026-11-24T00:30:00.000Z')
  })
  it('tells who has the person now', () => {
    const slip = { status: 'sent', to_name: '袁庄乡卫生院', taken_by: null } as Handoff
    expect(standText(slip)).toBe('等袁庄乡卫生院的医生接')
    expect(standText({ ...slip, status: 'taken', taken_by: '张建国' })).toContain('张建国')
    expect(readingsText({ systolic: '168.00', diastolic: '102.00', pulse: '80.00' })).toBe('血压 168/102，脉搏 80')
  })
  it('finds namesakes apart without a signal', () => {
    const one = (name: string, birth_year: number, household: string): Villager => ({ id: name + birth_year, name, birth_year, village_name: '袁庄村', household, household_head: name, namesake: true })
    const people = [one('王桂兰', 1958, '1'), one('王桂兰', 1963, '27'), one('李长庚', 1955, '12')]
    expect(findVillagers(people, '王桂兰 1963').map(({ household }) => household)).toEqual(['27'])
    expect(findVillagers(people, '王桂兰 1').map(({ household }) => household)).toEqual(['1', '27'])
    expect(findVillagers(people, '12').map(({ name }) => name)).toEqual(['李长庚'])
  })
})

describe('the referral', () => {
  const choice = (institution: string, level: string, more: Partial<Choice> = {}): Choice => ({
    institution, name: institution, level, level_name: level, kilometres: 13, able: true, outside: false, partner: false, own_alliance: false, nearest: false, passes: [], departments: [], phones: [], ...more,
  })
  it('names what was emptied, so that it does not stay as it was', () => {
    const empty = bodyOf({ ...emptyWanted(), institution: 'first-hospital', records: ['visit/1'], noRecords: true })
    expect(empty.cleared).toEqual(['standard', 'article', 'to_department', 'wanted_on', 'skip_reason', 'surgery_grade', 'technique'])
    expect(empty).toMatchObject({ records: [{ kind: 'visit', id: '1' }], no_records: false })
    expect(empty).not.toHaveProperty('indication')
    const full = bodyOf({ ...emptyWanted(), institution: 'a', standard: 'hypertension-up', article: 3, department: 'cardiology', day: '2026-12-01', skip: 'emergency', grade: '3', technique: 'pci' })
    expect(full.cleared).toEqual([])
    expect(full).toMatchObject({ standard: 'hypertension-up', article: 3, surgery_grade: 3, technique: 'pci' })
  })
  it('leads from a broken rule to the step where it is mended', () => {
    expect([stepOf('/indication'), stepOf('/skip_reason'), stepOf('/records'), stepOf(null)]).toEqual([0, 1, 2, 1])
  })
  it('asks why when a nearer one is passed by or the county left', () => {
    const choices = [choice('county', 'county', { nearest: true }), choice('other', 'county'), choice('city', 'city', { passes: ['county'] }), choice('abroad', 'county', { outside: true })]
    expect(['county', 'other', 'city', 'abroad', ''].map((one) => wantsReason(choices, one))).toEqual([false, false, true, true, false])
    expect(placeNote(choices[0])).toBe('最近 · county · 约 13 公里 · 能治')
    expect(placeNote(choice('y', '市级', { kilometres: 55, outside: true, own_alliance: true }))).toBe('市级 · 在县外，约 55 公里 · 能治 · 和本院结成一家')
    expect(placeNote(choice('x', '省级', { kilometres: null, outside: true, able: false, partner: true }))).toBe('省级 · 在县外 · 没有公布能治，要先问 · 协议医院')
  })
  it('offers only the articles that go with the reason', () => {
    const options = { standards: [{ code: 'h', name: '高血压上转', version: '2026 版', articles: [{ number: 1, text: '急', indication: 'critical' }, { number: 3, text: '不达标', indication: 'undiagnosed' }] }] } as unknown as Options
    expect(articlesOf(options, 'undiagnosed')).toEqual([{ value: 'h/3', text: '不达标', note: '高血压上转 2026 版' }])
    expect(articlesOf(null, 'critical')).toEqual([])
  })
  it('puts a record into words', () => {
    const entry = { id: '1', at: '', institution_name: null, title: '', detail: { values: { systolic: 168, diastolic: 102, pulse: 80 } } }
    expect(entryText({ ...entry, kind: 'readings' })).toBe('量的数：血压 168/102，脉搏 80')
    expect(entryText({ ...entry, kind: 'visit' })).toContain('还没写诊断')
  })
})
