import { describe, expect, it } from 'vitest'
import { bodyOf, dangersIn, emptyAnswers, missingIn, toggle, wrongNumber } from '../src/features/followup/answers'
import { readNumber } from '../src/numbers'
import type { Form, Measure } from '../src/features/followup/types'

const measure = (code: string, plain: string, more: Partial<Measure> = {}): Measure => ({
  code, plain, unit: 'mmHg', lowest: 60, highest: 280, decimals: 0, required: true, aim_below: 140, danger_from: 180, danger_to: null, ...more,
})
const form: Form = {
  key: 'k', name: '高血压随访', plain: '高血压', danger_advice: '', emergency_phone: '120',
  measures: [
    measure('systolic', '高压（上面的数）'),
    measure('diastolic', '低压（下面的数）', { lowest: 30, highest: 180, danger_from: 110 }),
    measure('pulse', '心跳', { required: false, danger_from: null, aim_below: null }),
    measure('glucose_fasting', '血糖', { required: false, lowest: 1, highest: 40, danger_from: 16.7, danger_to: 3.9 }),
  ],
  danger_signs: [{ code: 'chest', ask: '胸口闷、痛' }],
  fields: [
    { code: 'adherence', plain: '药有没有按时吃', kind: 'choice', choices: ['按时吃', '没吃'], unit: null, required: true },
    { code: 'smoking', plain: '一天抽几支烟', kind: 'number', choices: [], unit: '支', required: false },
  ],
}
const filled = (values: Record<string, string>, more = {}) => ({ ...emptyAnswers(), values, fields: { adherence: '按时吃' }, ...more })

describe('the short form', () => {
  it('reads numbers as a Chinese keyboard types them, and nothing else', () => {
    expect([readNumber('１３２'), readNumber('6。5'), readNumber(' 80 '), readNumber('高'), readNumber('1.2.3'), readNumber('')]).toEqual([132, 6.5, 80, null, null, null])
  })
  it('knows danger on both sides at the very limit, without asking anybody', () => {
    expect(dangersIn(form, filled({ systolic: '180', diastolic: '109' }))).toEqual(['高压 180'])
    expect(dangersIn(form, filled({ systolic: '179', diastolic: '110' }))).toEqual(['低压 110'])
    expect(dangersIn(form, filled({ systolic: '179', diastolic: '109', glucose_fasting: '3.9' }))).toEqual(['血糖 3.9'])
    expect(dangersIn(form, filled({ systolic: '132' }, { signs: ['chest'] }))).toEqual(['胸口闷、痛'])
    expect(dangersIn(form, filled({ systolic: '179', diastolic: '109', glucose_fasting: '4' }))).toEqual([])
  })
  it('asks a clinician for everything, a patient for one pressure whole', () => {
    expect(Object.keys(missingIn(form, filled({}), false))).toEqual(['systolic', 'diastolic'])
    expect(Object.keys(missingIn(form, filled({ systolic: '132' }), true))).toEqual(['diastolic'])
    expect(missingIn(form, filled({ systolic: '132', diastolic: '80' }), true)).toEqual({})
    expect(Object.keys(missingIn(form, { ...emptyAnswers(), values: { systolic: '132', diastolic: '80' } }, true))).toEqual(['adherence'])
    expect(missingIn(form, filled({ systolic: '80', diastolic: '120' }), true).systolic).toContain('填反')
  })
  it('asks for nothing more when there is a danger sign', () => {
    expect(missingIn(form, { ...emptyAnswers(), signs: ['chest'] }, false)).toEqual({})
  })
  it('says what cannot be true', () => {
    expect(wrongNumber(form.measures[0], '13.2')).toContain('60 到 280')
    expect(wrongNumber(form.measures[0], '一百三')).toContain('数字')
    expect([wrongNumber(form.measures[0], '132'), wrongNumber(form.measures[0], '')]).toEqual(['', ''])
  })
  it('sends what was filled and leaves out the rest', () => {
    const body = bodyOf(form, filled({ systolic: '132', diastolic: '80', pulse: '' }, { fields: { adherence: '按时吃', smoking: '' } }), 'home', '2026-11-24T01:00:00Z')
    expect(body).toEqual({ measures: { systolic: 132, diastolic: 80 }, danger_signs: [], fields: { adherence: '按时吃' }, mode: 'home', taken_at: '2026-11-24T01:00:00Z' })
  })
  it('lets 没有 stand alone', () => {
    expect(toggle(['头痛头晕'], '没有')).toEqual(['没有'])
    expect(toggle(['没有'], '头痛头晕')).toEqual(['头痛头晕'])
    expect(toggle(['头痛头晕'], '头痛头晕')).toEqual([])
  })
})
