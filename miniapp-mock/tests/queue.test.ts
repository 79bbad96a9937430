import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'

interface Sent {
  path: string
  key: string
  actingFor: string | null
  body: string
}

/** A fresh app on the same phone: modules anew, the phone's memory kept. */
async function startApp(replies: Array<number | 'offline'>, person = 'P1') {
  vi.resetModules()
  const sent: Sent[] = []
  vi.stubGlobal('uni', {
    request({ url, header, data, success, fail }: { url: string; header: Record<string, string>; data: string; success(a: object): void; fail(a: object): void }) {
      sent.push({ path: url, key: header['Idempotency-Key'], actingFor: header['X-Acting-For'] ?? null, body: data })
      const reply = replies.shift() ?? 201
      if (reply === 'offline') fail({ errMsg: 'request:fail' })
      else success({ statusCode: reply, header: { 'content-type': 'application/json' }, data: JSON.stringify({ title: '体温不像真的', code: 'x' }) })
    },
  })
  setActivePinia(createPinia())
  const { ticket } = await import('../src/session/ticket')
  ticket.subject = person
  const { openGate } = await import('../src/session/gate')
  openGate()
  const queue = await import('../src/offline/queue')
  await queue.flush()
  return { queue, sent, ticket, settle: async () => (await queue.flush(), nextTick()) }
}

const visit = (household: string, value = 138) => ({ method: 'POST' as const, path: '/visits', body: { value }, label: `${household} 量血压`, household })

beforeEach(() => window.localStorage.clear())

describe('offline queue', () => {
  it('keeps what was recorded without a signal, counts houses, and sends it in order under the same keys', async () => {
    const first = await startApp(['offline', 'offline', 'offline', 'offline', 'offline', 'offline'])
    const keys = [visit('岩家'), visit('岩家', 140), visit('刀家')].map((one) => first.queue.record(one).key)
    await first.settle()
    expect(first.queue.waiting.value.map((deed) => deed.key)).toEqual(keys)
    expect(first.queue.waitingHouseholds.value).toBe(2)

    const second = await startApp([])
    expect(second.sent.map((one) => one.key)).toEqual(keys)
    expect(second.queue.waiting.value).toEqual([])
    expect((await startApp([])).sent).toEqual([])
  })

  it('stops at the first that finds no signal, so that nothing overtakes', async () => {
    const app = await startApp(['offline', 'offline', 'offline', 'offline'])
    app.queue.record(visit('a'))
    app.queue.record(visit('b'))
    await app.settle()
    expect(new Set(app.sent.map((one) => one.key)).size).toBe(1)
  })

  it('puts a refused deed aside for the person and goes on with the rest', async () => {
    const app = await startApp([422, 201])
    app.queue.record(visit('a'))
    app.queue.record(visit('b'))
    await app.settle()
    expect(app.queue.waiting.value).toEqual([])
    expect(app.queue.refused.value).toMatchObject([{ household: 'a', refusal: { title: '体温不像真的' } }])
    app.queue.removeDeed(app.queue.refused.value[0].key)
    expect(app.queue.refused.value).toEqual([])
  })

  it('never sends one person’s deeds in another’s name', async () => {
    const mine = await startApp(['offline'], 'P1')
    mine.queue.record(visit('a'))
    await mine.settle()
    const other = await startApp([], 'P2')
    expect(other.sent).toEqual([])
    expect(other.queue.waiting.value).toEqual([])
    expect((await startApp([], 'P1')).sent).toHaveLength(1)
  })

  it('sends for whom it was recorded, whoever is on the screen by then', async () => {
    const app = await startApp(['offline'])
    app.ticket.actingFor = 'mother'
    app.queue.record(visit('a'))
    await app.settle()
    expect((await startApp([])).sent[0].actingFor).toBe('mother')
  })
})
