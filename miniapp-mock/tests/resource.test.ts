import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { phoneWith } from './phone'

const settle = () => new Promise((resolve) => setTimeout(resolve, 20))

/** A component that shows a resource, in an app whose door is open. */
async function show(path: () => string | null, replies: Parameters<typeof phoneWith>[0]) {
  const asked = phoneWith(replies)
  vi.doMock('@dcloudio/uni-app', () => ({ onShow: () => undefined }))
  const { useResource } = await import('../src/api/resource')
  const { openGate } = await import('../src/session/gate')
  type Shown = ReturnType<typeof useResource<{ n: number }>>
  const open = () => {
    let shown!: Shown
    const wrapper = mount(defineComponent({ setup: () => ((shown = useResource<{ n: number }>(path)), () => h('i')) }))
    return { wrapper, shown: () => shown }
  }
  return { asked, open, openGate }
}

beforeEach(() => window.sessionStorage.clear())

describe('resource', () => {
  it('waits until the person is known, then asks once', async () => {
    const { asked, open, openGate } = await show(() => '/home', { 'GET /home': { body: { n: 1 } } })
    const { shown } = open()
    await settle()
    expect([asked.length, shown().loading.value]).toEqual([0, true])
    openGate()
    await settle()
    expect([asked.length, shown().loading.value, shown().data.value]).toEqual([1, false, { n: 1 }])
  })

  it('shows the old content at once and the new when it has come, without a skeleton', async () => {
    let n = 1
    const { open, openGate } = await show(() => '/home', { 'GET /home': () => ({ body: { n: n++ } }) })
    openGate()
    open().wrapper.unmount()
    await settle()
    const { shown } = open()
    expect([shown().data.value, shown().loading.value]).toEqual([{ n: 1 }, false])
    await settle()
    expect(shown().data.value).toEqual({ n: 2 })
  })

  it('keeps the old content beside a failure', async () => {
    let works = true
    const { open, openGate } = await show(() => '/home', { 'GET /home': () => (works ? { body: { n: 1 } } : { status: 500 }) })
    openGate()
    const { shown } = open()
    await settle()
    works = false
    await shown().refresh()
    expect([shown().data.value, shown().problem.value?.kind]).toEqual([{ n: 1 }, 'broken'])
  })

  it('never shows one person’s content to another, nor a slow old answer over a new one', async () => {
    const id = ref('1')
    const { open, openGate } = await show(() => `/r/${id.value}`, { 'GET /r/1': { body: { n: 1 } }, 'GET /r/2': { body: { n: 2 } } })
    openGate()
    const { shown } = open()
    await settle()
    id.value = '2'
    await Promise.resolve()
    const { useSession } = await import('../src/session/store')
    expect(shown().data.value).toBeNull()
    await settle()
    expect(shown().data.value).toEqual({ n: 2 })
    useSession().setActingFor('somebody')
    await Promise.resolve()
    expect(shown().data.value).toBeNull()
  })
})
