import { describe, expect, it } from 'vitest'
import { backOff, readHint } from '../src/live'

describe('live hints', () => {
  it('reads a hint and leaves out everything else', () => {
    expect(readHint('{"topic":"resident:1","kind":"chat.message","id":null,"seq":4}')).toEqual({ topic: 'resident:1', kind: 'chat.message', id: null, seq: 4 })
    expect(readHint('{"kind":"x"}')).toBeNull()
    expect(readHint('ping')).toBeNull()
  })
  it('waits longer each time, with an end to it, and never exactly together', () => {
    expect([0, 1, 2, 3, 4, 9].map((failed) => backOff(failed, 0.5))).toEqual([1000, 2000, 5000, 10_000, 30_000, 30_000])
    expect(backOff(0, 0)).toBeLessThan(backOff(0, 1))
  })
})
