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
