import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { problemFromAnswer, problemOfKind } from '../src/api/problem'
import LdAmount from '../src/components/ld-amount.vue'
import LdButton from '../src/components/ld-button.vue'
import LdCalendar from '../src/components/ld-calendar.vue'
import LdIcon from '../src/components/ld-icon.vue'
import LdNotice from '../src/components/ld-notice.vue'
import LdProblem from '../src/components/ld-problem.vue'
import LdTime from '../src/components/ld-time.vue'
import LdTimeline from '../src/components/ld-timeline.vue'
import { iconNames, iconStyle } from '../src/icons'
import { tell } from '../src/notice'
import { learnNow } from '../src/time/clock'

const find = (wrapper: ReturnType<typeof mount>, id: string) => wrapper.find(`[data-testid="${id}"]`)

beforeEach(() => learnNow('2026-11-24T16:30:00+08:00'))

describe('problem panel', () => {
  const refusal = problemFromAnswer(422, {
    title: '这个号现在不能约',
    detail: '这个号现在不能约',
    code: 'rule_broken',
    request_id: 'R-9',
    violations: [
      {
        rule: 'booking.certificate',
        text: '优先号要有转诊证明才能约',
        instead: '请张医生先开转诊证明',
        pointer: '/body/slot',
        source: { id: 'XM-5.4a', kind: 'clause', title: '优先号', document: '实施意见', section: '五（四）', sample: false },
      },
      { rule: 'shape.missing', text: '手机号没有填', instead: '请补上', source: { id: 'house', kind: 'setting', title: 'x', sample: false } },
    ],
  })

  it('says what cannot be done, why and what to do instead', () => {
    const text = mount(LdProblem, { props: { problem: refusal } }).text()
    expect(text).toContain('这个号现在不能约')
    expect(text).toContain('优先号要有转诊证明才能约')
    expect(text).toContain('请张医生先开转诊证明')
    expect(text.match(/这个号现在不能约/g)).toHaveLength(1)
  })
  it('makes a heading of the first sentence and leaves nothing out', () => {
    const words = '交接码不对，或者已经用过。请对着纸条再填一遍，或请给码的人重新给一个。'
    const problem = problemFromAnswer(422, { title: words, detail: words })
    expect([problem.title, problem.detail]).toEqual(['交接码不对，或者已经用过', '请对着纸条再填一遍，或请给码的人重新给一个。'])
    expect(problemFromAnswer(422, { title: '现在不能约', detail: '周三再来' }).detail).toBe('周三再来')
    expect(problemFromAnswer(500, null)).toMatchObject({ title: '服务器这会儿没答上来', kind: 'broken' })
    expect(problemFromAnswer(500, null).detail).not.toBe('')
  })
  it('shows whose rule it is, and its number only after a tap', async () => {
    const panel = mount(LdProblem, { props: { problem: refusal } })
    expect(panel.findAll('[data-testid="source"]')).toHaveLength(1)
    expect(panel.text()).toContain('本县文件：《实施意见》五（四）')
    expect(panel.text()).not.toContain('XM-5.4a')
    await find(panel, 'source').trigger('tap')
    expect(panel.text()).toContain('XM-5.4a')
  })
  it('keeps codes out of sight until they are asked for', async () => {
    const panel = mount(LdProblem, { props: { problem: refusal } })
    expect(panel.text()).not.toContain('R-9')
    await panel.find('.code').trigger('tap')
    expect(panel.text()).toContain('R-9')
  })
  it('offers to try again only where that may help', async () => {
    expect(find(mount(LdProblem, { props: { problem: refusal } }), 'retry').exists()).toBe(false)
    const panel = mount(LdProblem, { props: { problem: problemOfKind('offline') } })
    await find(panel, 'retry').trigger('tap')
    expect(panel.emitted('retry')).toHaveLength(1)
  })
  it('gives a field its own complaint', () => {
    expect(refusal.about('slot')).toBe('优先号要有转诊证明才能约')
    expect(refusal.about('phone')).toBe('')
  })
})

describe('timeline', () => {
  it('says of each step whether it is over, here or to come, in words too', () => {
    const line = mount(LdTimeline, {
      props: {
        steps: [
          { title: '张医生建议上转', state: 'done', at: '2026-11-24T09:10:00+08:00', note: '血压 168/102' },
          { title: '科主任签字', state: 'now' },
          { title: '去医院', state: 'next' },
        ],
      },
    })
    const steps = line.findAll('[data-testid="step"]')
    expect(steps.map((step) => step.attributes('data-state'))).toEqual(['done', 'now', 'next'])
    expect(steps.map((step) => step.find('.dot').attributes('aria-label'))).toEqual(['已完成', '现在', '还没到'])
    expect(steps[0].text().replace(/\s+/g, ' ')).toContain('今天 9:10 · 血压 168/102')
  })
})

describe('small parts', () => {
  it('a time moves with domain time and shows the exact instant on a tap', async () => {
    const time = mount(LdTime, { props: { at: '2026-11-24T16:52:30+08:00', form: 'left' } })
    expect(time.text()).toBe('还剩 22 分钟')
    learnNow('2026-11-24T16:50:00+08:00')
    await time.vm.$nextTick()
    expect(time.text()).toBe('还剩 2 分钟')
    await time.trigger('tap')
    expect(time.text()).toBe('2026年11月24日 周二 16:52:30（北京时间）')
  })
  it('an amount is exact to the fen and marked when it is a sample', () => {
    expect(mount(LdAmount, { props: { fen: 123456 } }).text()).toBe('1,234.56 元')
    expect(mount(LdAmount, { props: { fen: 60000, sample: true } }).text()).toBe('600 元样例')
    expect(mount(LdAmount, { props: { fen: -5 } }).text()).toBe('-0.05 元')
  })
  it('a busy or shut button does nothing', async () => {
    for (const name of ['busy', 'disabled']) {
      const button = mount(LdButton, { props: { [name]: true }, slots: { default: '签名' } })
      await button.trigger('tap')
      expect(button.emitted('press')).toBeUndefined()
      expect(button.attributes('aria-disabled')).toBe('true')
    }
    const open = mount(LdButton, { slots: { default: '签名' } })
    await open.trigger('tap')
    expect(open.emitted('press')).toHaveLength(1)
  })
  it('a notice can be undone once', async () => {
    const undo = vi.fn()
    tell('号已退', undo)
    const notice = mount(LdNotice)
    await notice.find('.undo').trigger('tap')
    expect(undo).toHaveBeenCalledTimes(1)
    expect(find(notice, 'notice').exists()).toBe(false)
  })
  it('a calendar lets only open days be chosen', async () => {
    const calendar = mount(LdCalendar, { props: { modelValue: '', to: '2026-12-08', closed: ['2026-11-27'], notes: { '2026-11-26': '剩3' } } })
    for (const date of ['2026-11-23', '2026-11-27', '2026-11-26']) await find(calendar, `day-${date}`).trigger('tap')
    expect(calendar.emitted('update:modelValue')).toEqual([['2026-11-26']])
    expect(find(calendar, 'day-2026-11-26').attributes('aria-label')).toBe('11月26日 周四 剩3')
    expect(find(calendar, 'day-2026-11-01').attributes('style')).toContain('7')
    await calendar.find('[aria-label="下个月"]').trigger('tap')
    expect(calendar.text()).toContain('2026年12月')
  })
  it('draws every icon from a picture of its own', () => {
    expect(iconNames.length).toBeGreaterThanOrEqual(25)
    for (const name of iconNames) expect(iconStyle(name)).toContain('data:image/svg+xml')
    expect(mount(LdIcon, { props: { name: 'no-such' } }).attributes('style')).toContain('hidden')
  })
})
