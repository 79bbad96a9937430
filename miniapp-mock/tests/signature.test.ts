import { describe, expect, it } from 'vitest'
import { drawStrokes, inkLength, looksSigned, pngOf, type Ink } from '../src/signature/strokes'

const line = (length: number) => [{ x: 0, y: 0 }, { x: length, y: 0 }]

describe('signature', () => {
  it('does not take a slip of the finger for a name', () => {
    expect(looksSigned([])).toBe(false)
    expect(looksSigned([[{ x: 5, y: 5 }]])).toBe(false)
    expect(looksSigned([line(30)])).toBe(false)
    expect(looksSigned([line(50), line(50)])).toBe(true)
    expect(inkLength([[{ x: 0, y: 0 }, { x: 3, y: 4 }]])).toBe(5)
  })
  it('draws on white, sharp, and every stroke to its end', () => {
    const calls: string[] = []
    const ink = new Proxy({} as Ink, {
      get: (_target, name) => (...given: number[]) => calls.push(`${String(name)} ${given.join(' ')}`),
      set: () => true,
    })
    drawStrokes(ink, [line(10), []], 300, 100, 2)
    expect(calls).toEqual(['setTransform 2 0 0 2 0 0', 'fillRect 0 0 300 100', 'beginPath ', 'moveTo 0 0', 'quadraticCurveTo 0 0 5 0', 'lineTo 10 0', 'stroke '])
  })
  it('hands over bare base64', () => expect(pngOf('data:image/png;base64,AAAA')).toBe('AAAA'))
})
