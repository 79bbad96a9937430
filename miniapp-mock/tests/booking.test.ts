import { describe, expect, it } from 'vitest'
import { allTaken, choosable, countdownText, dayAfter, endedText, lackingOfOrder, movePage, needsPerson, orderStanding, timesByDay, waysTo, type Appointment, type Examination, type OpenPlace, type Order } from '../src/features/booking/types'

const time = (slot_id: string, more: Partial<OpenPlace> = {}): OpenPlace => ({ slot_id, starts_at: '2026-11-30T00:00:00Z', left: 1, title: '', expert: false, pool: 'general', open: true, opens_at: null, department_name: '', doctor: null, kind: 'clinic', ...more })
const place = (more: Partial<Appointment>) => ({ id: 'a', slot_id: 's', kind: 'public', ended_because: null, replaces_id: null, order_id: null, referral_id: null, institution: 'h', department: 'd', ...more }) as Appointment

describe('a place kept at the checkout', () => {
  it('counts down to nothing, never below', () => {
    const until = '2026-11-30T00:10:00Z'
    expect([0, 1000, 541_000, 600_000, 999_000].map((gone) => countdownText(until, Date.parse('2026-11-30T00:00:00Z') + gone))).toEqual(['10 分 00 秒', '9 分 59 秒', '0 分 59 秒', '0 分 00 秒', '0 分 00 秒'])
  })
})

describe('times to choose from', () => {
  it('are full only when nothing that is let go is left', () => {
    expect(allTaken([time('a', { left: 0 }), time('b', { open: false })])).toBe(true)
    expect(allTaken([time('a', { left: 0 }), time('b')])).toBe(false)
  })
  it('are of the pool of the place that is moved, and never that place', () => {
    const days = [{ day: 'x', places: [time('s'), time('t'), time('u', { pool: 'contract' })] }, { day: 'y', places: [time('v', { pool: 'contract' })] }]
    expect(choosable(days, place({})).flatMap((day) => day.places.map((one) => one.slot_id))).toEqual(['t'])
    expect(choosable(days, place({ kind: 'contract' })).map(({ day }) => day)).toEqual(['x', 'y'])
    expect(choosable(days, null)).toBe(days)
  })
  it('of an examination stand by the days of China, with the next release', () => {
    const at = (starts_at: string, open = true) => ({ slot_id: starts_at, starts_at, left: 1, for_referred: false, open, opens_at: open ? null : '2026-11-29T23:30:00Z' })
    expect(timesByDay([at('2026-11-30T00:30:00Z'), at('2026-11-30T15:59:00Z'), at('2026-11-30T16:00:00Z', false)]).map(({ day, opens_at, places }) => [day, opens_at, places.length])).toEqual([
      ['2026-11-30', null, 2],
      ['2026-12-01', '2026-11-29T23:30:00Z', 1],
    ])
  })
  it('a day begins at midnight in China', () => {
    expect([dayAfter(Date.parse('2026-11-30T15:59:00Z'), 0), dayAfter(Date.parse('2026-11-30T16:00:00Z'), 1)]).toEqual(['2026-11-30', '2026-12-02'])
  })
})

describe('a place that ended', () => {
  it('says kindly what becomes of who did not answer', () => {
    expect(endedText(place({ ended_because: 'offer_expired' }))).toContain('您还在候补里')
    expect(endedText(place({ ended_because: 'offer_expired', replaces_id: 'x' }))).toContain('打电话')
    expect(endedText(place({ ended_because: 'declined' }))).toContain('您还在候补里')
    expect(endedText(place({ ended_because: 'declined', replaces_id: 'x' }))).toContain('打电话')
    expect(endedText(place({ ended_because: 'hold_expired' }))).toContain('不算您爽约')
  })
  it('leads to where another time of its kind is', () => {
    expect([place({}), place({ referral_id: 'r' }), place({ referral_id: 'r', order_id: 'o' })].map((one) => movePage(one).split('?')[0].split('/').pop())).toEqual(['times', 'places', 'order'])
    expect(movePage(place({ id: '' }))).not.toContain('appointment=')
  })
})

describe('an examination that a doctor orders', () => {
  const item = { questions: [{ code: 'kidney', text: '看过肾功能' }] } as Examination
  it('says what is still wanted before it is written', () => {
    expect([lackingOfOrder(null, [], 'x'), lackingOfOrder(item, [], ' '), lackingOfOrder(item, ['kidney'], '头晕')]).toEqual([['查什么'], ['当面问清', '为什么要查'], []])
  })
  it('goes along with a way up that is open or has led there, never with one that ended', () => {
    const way = (id: string, direction: string, status: string) => ({ id, direction, status, to_name: '', diagnosis_text: '' })
    expect(waysTo([way('a', 'up', 'issued'), way('b', 'down', 'issued'), way('c', 'up', 'withdrawn'), way('d', 'up', 'arrived'), way('e', 'up', 'draft')]).map(({ id }) => id)).toEqual(['a', 'd'])
  })
  it('stands as it is, done before booked', () => {
    const now = Date.parse('2026-11-30T00:00:00Z')
    const one = (more: Partial<Order>) => orderStanding({ status: 'active', appointment_id: null, until_on: '2026-12-28', actions: ['book'], ...more } as Order, now)
    expect([one({}), one({ appointment_id: 'x' }), one({ status: 'done', appointment_id: 'x' }), one({ status: 'revoked' }), one({ until_on: '2026-11-29' }), one({ actions: [] })]).toEqual(['去约时间', '约好了', '做过了', '医生撤回了', '过期了', '医生在安排'])
  })
})

describe('for whom a place is', () => {
  it('is asked of a resident without a record before anything is offered, and of nobody else', () => {
    const me = {}
    expect(needsPerson({ face: 'resident', resident: null, me }, '')).toBe(true)
    expect(needsPerson({ face: 'resident', resident: { id: 'r' }, me }, '')).toBe(false)
    expect([needsPerson({ face: 'resident', resident: null, me }, 'r'), needsPerson({ face: 'staff', resident: null, me }, ''), needsPerson({ face: 'resident', resident: null, me: null }, '')]).toEqual([false, false, false])
  })
})
