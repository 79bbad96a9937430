import { mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { defineComponent, h, type Component } from 'vue'
import { phoneWith } from './phone'

const settle = () => new Promise((resolve) => setTimeout(resolve, 40))
const page = defineComponent({ setup: (_, { slots }) => () => h('div', [slots.default?.(), slots.actions?.(), slots.sheets?.()]) })

/** A page with its query, of a resident who has a record or none, in an app whose door is open. */
async function show(load: () => Promise<{ default: Component }>, query: Record<string, string>, replies: Parameters<typeof phoneWith>[0], record: boolean) {
  const asked = phoneWith(replies)
  const reminders = vi.fn(async () => [])
  vi.doMock('@dcloudio/uni-app', () => ({ onShow: () => undefined, onLoad: (hook: (query: object) => void) => hook(query) }))
  vi.doMock('../src/subscribe', () => ({ askReminders: reminders }))
  const { useSession } = await import('../src/session/store')
  const session = useSession()
  const residents = record ? [{ id: 'r', relation: 'self', name: '王桂兰', birth_year: 1958, village: '袁庄村' }] : []
  session.$patch({ county: 'xinmi', me: { person: { id: 'p' }, residents, staff: null, privacy_consent_needed: false } as never })
  const { openGate } = await import('../src/session/gate')
  openGate()
  const wrapper = mount((await load()).default, { global: { components: { 'ld-page': page } } })
  await settle()
  return { asked, reminders, wrapper }
}

const house = { 'GET /institutions/h?county=xinmi': { body: { code: 'h', name: '第一医院', departments: [] } } }
const query = { institution: 'h', department: 'd' }

describe('the wait list', () => {
  const join = async (reply: { status: number; body: object }) => {
    const shown = await show(() => import('../src/features/booking/pages/wait.vue'), query, { ...house, 'POST /waitlist': reply }, true)
    vi.stubGlobal('uni', { ...uni, redirectTo: vi.fn() })
    await shown.wrapper.find('[data-testid="join"]').trigger('tap')
    await settle()
    return shown
  }
  it('shows a refusal, and nothing that lies over it', async () => {
    const { wrapper, reminders } = await join({ status: 422, body: { title: '这几天还有号，不用候补', code: 'rule_broken' } })
    expect(wrapper.text()).toContain('这几天还有号')
    expect(reminders).not.toHaveBeenCalled()
  })
  it('asks to send reminders beside the place in the list', async () => {
    const { reminders } = await join({ status: 201, body: { id: 'w' } })
    expect(reminders).not.toHaveBeenCalled()
    expect(uni.redirectTo).toHaveBeenCalledWith({ url: '/features/booking/pages/waiting?id=w&fresh=1' })
  })
})

describe('an account without a record', () => {
  it('is asked for whom at the beginning, with a way to link one', async () => {
    const { wrapper } = await show(() => import('../src/features/booking/pages/times.vue'), query, { 'GET /places?institution=h&department=d': { body: { institution_name: '第一医院', days: [], release_text: '', source: '', checkout_minutes: 10 } } }, false)
    expect(wrapper.find('[data-testid="link-record"]').exists()).toBe(true)
    expect(wrapper.text()).not.toContain('第一医院')
  })
})

describe('beside the times', () => {
  const at = '2026-12-01T01:20:00Z'
  const places = { institution: 'h', institution_name: '第一医院', department: 'd', department_name: '心内科', person: { id: 'p', name: '王桂兰' }, days: [], phones: [], last_day: null, appointment_id: null, sooner_at: at, other_id: 'a', other_at: at }
  const open = { institution_name: '第一医院', days: [], release_text: '', source: '', checkout_minutes: 10, other_id: 'a', other_at: at }
  it('says before a priority place is chosen that an ordinary one is sooner, and which one there is already', async () => {
    const { wrapper } = await show(() => import('../src/features/booking/pages/places.vue'), { referral: 'r' }, { 'GET /referrals/r/places': { body: places } }, true)
    expect(wrapper.html()).toContain('普通号更早')
    expect(wrapper.html()).toContain('在这个科已经约了')
    vi.stubGlobal('uni', { ...uni, navigateTo: vi.fn() })
    await wrapper.find('[data-testid="sooner"]').trigger('tap')
    expect(uni.navigateTo).toHaveBeenCalledWith(expect.objectContaining({ url: '/features/booking/pages/times?institution=h&department=d' }))
  })
  it('says nothing of them where there is neither', async () => {
    const none = { ...places, sooner_at: null, other_id: null, other_at: null }
    const { wrapper } = await show(() => import('../src/features/booking/pages/places.vue'), { referral: 'r' }, { 'GET /referrals/r/places': { body: none } }, true)
    expect(wrapper.html()).toContain('第一医院')
    expect(wrapper.html()).not.toContain('普通号更早')
    expect(wrapper.html()).not.toContain('在这个科已经约了')
  })
  it('does not call the place that is being moved a second one', async () => {
    const answers = { 'GET /places?institution=h&department=d': { body: open }, 'GET /appointments/a': { body: { id: 'a', starts_at: at, slot_id: 's', person: { id: 'p' } } } }
    const { wrapper } = await show(() => import('../src/features/booking/pages/times.vue'), { ...query, appointment: 'a' }, answers, true)
    expect(wrapper.html()).toContain('第一医院')
    expect(wrapper.html()).not.toContain('在这个科已经约了')
    const { wrapper: fresh } = await show(() => import('../src/features/booking/pages/times.vue'), query, answers, true)
    expect(fresh.html()).toContain('在这个科已经约了')
  })
})
