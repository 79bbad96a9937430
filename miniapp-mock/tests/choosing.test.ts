import { describe, expect, it } from 'vitest'
import { keptPlace, mayChoose, mayShow } from '../src/features/referrals/choosing'
import type { Appointment, Moment } from '../src/features/referrals/types'

const line = (code: string, state: Moment['state'] = 'done'): Moment => ({ code, state, title: '', detail: '', at: null })
const way = [line('consent'), line('answer')]
const asked = { direction: 'up' as const, category: 'outpatient', status: 'submitted', emergency: false, to_place: { outside: false }, way }

describe('a time for a referral', () => {
  it('may be chosen once both have said yes, and only one', () => {
    expect(mayChoose(asked, false)).toBe(true)
    expect(mayChoose(asked, true)).toBe(false)
    expect(mayChoose({ ...asked, way: [line('consent'), line('answer', 'now')] }, false)).toBe(false)
  })
  it('is nothing for whoever is to go at once', () => {
    expect(mayChoose({ ...asked, emergency: true }, false)).toBe(false)
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
