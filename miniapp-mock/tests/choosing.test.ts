import { describe, expect, it } from 'vitest'
import { keptPlace, mayChoose, mayGoAgain, mayShow } from '../src/features/referrals/choosing'
import type { Appointment, Moment } from '../src/features/referrals/types'

const line = (code: string, state: Moment['state'] = 'done'): Moment => ({ code, state, title: '', detail: '', at: null })
const way = [line('consent'), line('answer')]
const asked = { direction: 'up' as const, category: 'outpatient', status: 'submitted', emergency: false, to_place: { outside: false, department: 'cardiology' }, way }

describe('a time for a referral', () => {
  it('may be chosen once both have said yes, and only one', () => {
    expect(mayChoose(asked, false)).toBe(true)
    expect(mayChoose(asked, true)).toBe(false)
    expect(mayChoose({ ...asked, way: [line('consent'), line('answer', 'now')] }, false)).toBe(false)
  })
  it('is nothing for whoever is to go at once', () => {
    expect(mayChoose({ ...asked, emergency: true }, false)).toBe(false)
  })
  it('waits until somebody has named the department', () => {
    expect(mayChoose({ ...asked, to_place: { outside: false, department: null } }, false)).toBe(false)
  })
})

describe('a certificate', () => {
  it('can be shown also while no time is chosen', () => {
    const issued = { ...asked, status: 'issued', certificate: { number: '1' }, actions: ['certificate'] }
    expect([mayChoose(issued, false), mayShow(issued, false)]).toEqual([true, true])
    expect([mayShow(issued, true), mayShow({ ...issued, actions: ['consent'] }, false), mayShow({ ...issued, certificate: null }, false)]).toEqual([false, false, false])
  })
})

describe('a place that was kept', () => {
  const place = { status: 'booked' } as Appointment
  it('is gone at once with the referral it was for, and with having missed it', () => {
    expect(keptPlace({ status: 'issued' }, place)).toBe(place)
    expect(['withdrawn', 'refused', 'expired'].map((status) => keptPlace({ status }, place))).toEqual([null, null, null])
    expect(keptPlace({ status: 'issued' }, { ...place, status: 'noshow' })).toBeNull()
  })
})

describe('another visit on the same certificate', () => {
  const been = { ...asked, status: 'arrived', actions: ['book_again'] }
  const now = Date.parse('2026-12-02T06:00:00Z')
  const place = (status: string, starts_at: string) => ({ status, starts_at }) as Appointment
  it('is offered only when it would be accepted: not while they are being seen', () => {
    const today = place('arrived', '2026-12-02T01:00:00Z')
    expect(mayGoAgain(been, today, now)).toBe(false)
    expect(mayGoAgain({ ...been, status: 'closed' }, today, now)).toBe(true)
    expect(mayGoAgain(been, place('arrived', '2026-12-01T15:59:00Z'), now)).toBe(true)
    expect(mayGoAgain(been, place('fulfilled', '2026-12-02T01:00:00Z'), now)).toBe(true)
    expect([mayGoAgain(been, place('booked', '2026-12-03T01:00:00Z'), now), mayGoAgain({ ...been, actions: [] }, null, now), mayGoAgain(been, null, now)]).toEqual([false, false, true])
  })
})
