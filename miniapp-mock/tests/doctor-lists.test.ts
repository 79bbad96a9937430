import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import LdMissing from '../src/components/ld-missing.vue'
import { newestFirst, type TalkLine } from '../src/conversations'
import { changeText, contractText, openFirst, type ContractLine, type ReferralLine } from '../src/features/residents/record'
import { lackingIn, emptyWanted } from '../src/features/referrals/refer'
import type { Options } from '../src/features/referrals/types'
import { housesOf, whoText, type OwnPerson, type ResidentCard } from '../src/residents'
import { badgeText } from '../src/tab-badges'

const one = (name: string, household: string, head = name): OwnPerson => ({
  id: name, name, sex: 'female', birth_year: 1958, village_name: '袁庄村', household, household_head: head, namesake: false, away_at: null, conditions: [], groups: [], signed: true,
})

describe("a doctor's own people", () => {
  it('stand house by house, and a house that goes on over the page stays one', () => {
    const houses = housesOf([one('王桂兰', '1'), one('李长庚', '1', '王桂兰'), one('赵四', '2')])
    expect(houses.map(({ number, people }) => [number, people.length])).toEqual([['1', 2], ['2', 1]])
  })
  it('tells nobody their own name as the head of their house', () => {
    expect(whoText(one('王桂兰', '1') as ResidentCard)).toContain('户主本人')
    expect(whoText(one('李长庚', '1', '王桂兰') as ResidentCard)).toContain('户主 王桂兰')
  })
})

describe("a resident's page", () => {
  const referral = (id: string, status: string): ReferralLine => ({ id, direction: 'up', status, to_name: '', diagnosis_text: '', now: { title: '', yours: false } })
  it('puts what is under way before what is over', () => {
    expect(openFirst([referral('a', 'closed'), referral('b', 'submitted'), referral('c', 'expired'), referral('d', 'issued')]).map(({ id }) => id)).toEqual(['b', 'd', 'a', 'c'])
  })
  it('says how the last value stands to the one before', () => {
    const at = (systolic: number) => ({ at: '', set_id: '', source: 'staff', values: { systolic } })
    expect([changeText([at(150), at(144)], 'systolic'), changeText([at(5.1), at(6)], 'systolic'), changeText([at(1), at(1)], 'systolic'), changeText([at(1)], 'systolic')]).toEqual(['比上次低 6', '比上次高 0.9', '和上次一样', ''])
  })
  it('says from when to when a contract runs, or how it stands', () => {
    const line: ContractLine = { id: '', status: 'active', status_text: '签约中', team_name: '', package_name: '', from_on: '2026-01-01', last_day: '2026-12-31', days_left: 37 }
    expect(contractText(line, Date.parse('2026-11-24T00:00:00Z'))).toContain('还有 37 天')
    expect(contractText({ ...line, status: 'requested' }, 0)).toBe('签约中')
  })
})

describe("the staff's messages", () => {
  const line = (id: string, last_at: string, more: Partial<TalkLine> = {}): TalkLine => ({ id, side: 'team', title: '', subtitle: '', last_text: '', last_at, unread: 0, waiting_since: null, urgent: false, open: true, ...more })
  it('are the newest first, danger on top, and only those of the team', () => {
    const items = [line('old', '2026-11-01T00:00:00Z'), line('new', '2026-11-20T00:00:00Z'), line('danger', '2026-10-01T00:00:00Z', { urgent: true }), line('own', '2026-11-21T00:00:00Z', { side: 'resident' })]
    expect(newestFirst(items).map(({ id }) => id)).toEqual(['danger', 'new', 'old'])
  })
  it('count no further than anybody reads', () => {
    expect([badgeText(3), badgeText(100)]).toEqual(['3', '99+'])
  })
})

describe('a button that cannot be pressed yet', () => {
  it('says what is missing, and nothing when nothing is', () => {
    expect(mount(LdMissing, { props: { of: ['签名', false, '见证人姓名'] } }).text()).toBe('还差：签名、见证人姓名')
    expect(mount(LdMissing, { props: { of: [false, null] } }).text()).toBe('')
  })
  it('the first step of a referral wants the standard where there is one', () => {
    const options = { standards: [{ code: 's', name: 's', version: '1', articles: [{ number: 3, text: '', indication: 'why' }] }], choices: [] } as unknown as Options
    const said = { ...emptyWanted(), diagnosis: '高血压', code: 'I10', indication: 'why' }
    expect(lackingIn(0, said, options)).toEqual(['符合标准的哪一条'])
    expect(lackingIn(0, { ...said, standard: 's', article: 3 }, options)).toEqual([])
    expect(lackingIn(0, { ...said, indication: 'other' }, options)).toEqual([])
    expect(lackingIn(0, emptyWanted(), options)).toEqual(['初步诊断', '归到哪种病', '为什么要转上去'])
    expect(lackingIn(1, said, options)).toEqual(['转到哪一家'])
    expect(lackingIn(2, said, options)).toEqual([])
  })
})
