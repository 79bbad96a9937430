import { describe, expect, it } from 'vitest'
import { createClient, type ClientParts } from '../src/api/client'
import { Problem } from '../src/api/problem'
import { NoAnswer, type WireAnswer, type WireRequest } from '../src/platform/contract'
import { memoryDrawer } from './memory'

const OK: WireAnswer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"done":true}' }
type Reply = WireAnswer | 'offline' | 'timeout'

function stage(replies: Reply[], parts: Partial<ClientParts> = {}) {
  const sent: WireRequest[] = []
  const drawer = memoryDrawer()
  const keptWhenSent: number[] = []
  const learned: string[] = []
  const build = () =>
    createClient({
      drawer,
      token: () => 'T',
      actingFor: () => null,
      subject: () => 'person-1',
      renew: async () => false,
      learnNow: (instant) => learned.push(instant),
      wait: async () => undefined,
      async send(request) {
        sent.push(request)
        keptWhenSent.push(drawer.content.size)
        const reply = replies.shift() ?? OK
        if (typeof reply === 'string') throw new NoAnswer(reply)
        return reply
      },
      ...parts,
    })
  return { sent, drawer, keptWhenSent, learned, build, client: build() }
}

const keyOf = (request: WireRequest) => request.headers['Idempotency-Key']
const caught = async (promise: Promise<unknown>) => (await promise.catch((error: unknown) => error)) as Problem

describe('idempotency', () => {
  it('writes the key down before the request leaves', async () => {
    const { client, sent, keptWhenSent } = stage([OK])
    await client.post('/referrals', { to: 'h1' })
    expect(keyOf(sent[0])).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(keptWhenSent).toEqual([1])
  })

  it('uses the same key for the retry, for the next press and after the app was killed', async () => {
    const { client, build, sent } = stage(['timeout', 'timeout', 'offline', 'offline', OK])
    expect((await caught(client.post('/bookings', { slot: 1 }))).kind).toBe('unknown')
    expect((await caught(client.post('/bookings', { slot: 1 }))).kind).toBe('offline')
    await build().post('/bookings', { slot: 1 })
    expect(sent).toHaveLength(5)
    expect(new Set(sent.map(keyOf)).size).toBe(1)
  })

  it('takes a new key once an answer has come, refusal or not', async () => {
    const refusal = { ...OK, status: 422, body: '{"title":"x"}' }
    const { client, sent, drawer } = stage([refusal, OK, OK])
    await caught(client.post('/bookings', { slot: 1 }))
    await client.post('/bookings', { slot: 1 })
    await client.post('/bookings', { slot: 1 })
    expect(new Set(sent.map(keyOf)).size).toBe(3)
    expect(drawer.content.size).toBe(0)
  })

  it('keeps the key when the server failed: perhaps it was done', async () => {
    const { client, sent } = stage([{ ...OK, status: 503, body: '' }, OK])
    expect((await caught(client.post('/bookings', { slot: 1 }))).worthRetrying).toBe(true)
    await client.post('/bookings', { slot: 1 })
    expect(keyOf(sent[0])).toBe(keyOf(sent[1]))
  })

  it('keeps the key while the first try is still running at the server', async () => {
    const running = { ...OK, status: 409, body: '{"code":"still_running","title":"上一次的请求还在办"}' }
    const taken = { ...OK, status: 409, body: '{"code":"slot_taken","title":"号被约走了"}' }
    const { client, sent } = stage([running, taken, OK])
    expect((await caught(client.post('/bookings', { slot: 1 }))).worthRetrying).toBe(true)
    expect((await caught(client.post('/bookings', { slot: 1 }))).kind).toBe('refused')
    await client.post('/bookings', { slot: 1 })
    expect(keyOf(sent[0])).toBe(keyOf(sent[1]))
    expect(keyOf(sent[1])).not.toBe(keyOf(sent[2]))
  })

  it('never shares a key between two deeds or two people, and keeps no body', async () => {
    let subject = 'person-1'
    const { client, sent, drawer } = stage(Array.from({ length: 6 }, () => 'offline' as const), { subject: () => subject })
    await caught(client.post('/notes', { text: '头痛三天' }))
    await caught(client.post('/notes', { text: '头痛四天' }))
    subject = 'person-2'
    await caught(client.post('/notes', { text: '头痛三天' }))
    expect(new Set(sent.map(keyOf)).size).toBe(3)
    expect(JSON.stringify([...drawer.content])).not.toContain('头痛')
  })

  it('puts no key on what only reads', async () => {
    const { client, sent } = stage([OK])
    await client.get('/me')
    expect(keyOf(sent[0])).toBeUndefined()
  })
})

describe('session', () => {
  it('signs in again once after 401 and repeats with the new token and the same key', async () => {
    let token = 'old'
    const { client, sent } = stage([{ ...OK, status: 401, body: '' }, OK], {
      token: () => token,
      renew: async () => ((token = 'new'), true),
    })
    await client.post('/visits', {})
    expect(sent.map((one) => one.headers.Authorization)).toEqual(['Bearer old', 'Bearer new'])
    expect(keyOf(sent[0])).toBe(keyOf(sent[1]))
  })

  it('does not go round in circles when the new token is refused too', async () => {
    const no: WireAnswer = { ...OK, status: 401, body: '' }
    const { client, sent } = stage([no, no, no], { renew: async () => true })
    expect((await caught(client.get('/me'))).kind).toBe('signed-out')
    expect(sent).toHaveLength(2)
  })

  it('sends for whom one acts, and who that was when it was written down', async () => {
    const { client, sent } = stage([OK, OK, OK], { actingFor: () => 'mother' })
    await client.get('/home')
    await client.post('/visits', {}, { actingFor: 'father' })
    await client.post('/visits', {}, { actingFor: null })
    expect(sent.map((one) => one.headers['X-Acting-For'])).toEqual(['mother', 'father', undefined])
  })
})

describe('answers', () => {
  it('keeps the ETag and sends it where asked', async () => {
    const { client, sent } = stage([{ ...OK, headers: { ...OK.headers, etag: '"7"' } }, OK])
    await client.get('/contracts/1')
    await client.post('/contracts/1/sign', {}, { ifMatch: '/contracts/1' })
    expect(sent[1].headers['If-Match']).toBe('"7"')
  })

  it('learns domain time from every answer', async () => {
    const { client, learned } = stage([{ ...OK, headers: { ...OK.headers, 'x-liandong-now': '2026-11-24T09:00:00+08:00' } }])
    await client.get('/me')
    expect(learned).toEqual(['2026-11-24T09:00:00+08:00'])
  })

  it('tells a web page in place of an answer as a failure of the server', async () => {
    const { client } = stage([{ status: 502, headers: { 'content-type': 'text/html' }, body: '<html>' }])
    expect((await caught(client.get('/me'))).kind).toBe('broken')
    const second = stage([{ ...OK, body: '<html>' }])
    expect((await caught(second.client.get('/me'))).code).toBe('unreadable-answer')
  })

  it('reads a refusal with its rules and sources', async () => {
    const body = JSON.stringify({
      title: '现在不能约这个号', status: 409, code: 'booking-refused', request_id: 'R1',
      violations: [
        { rule: 'booking.lead', text: '只能约 7 天内的号', instead: '请选 12月1日 前的日子', source: { id: 'XM-S-3', kind: 'setting', title: '预约提前天数', document: null, section: null, sample: true } },
        { rule: 'broken-row' },
      ],
    })
    const { client } = stage([{ ...OK, status: 409, body }])
    const problem = await caught(client.post('/bookings', {}))
    expect(problem).toBeInstanceOf(Problem)
    expect([problem.kind, problem.status, problem.code, problem.requestId]).toEqual(['refused', 409, 'booking-refused', 'R1'])
    expect(problem.violations).toHaveLength(1)
    expect(problem.violations[0].source).toMatchObject({ kind: 'setting', sample: true })
  })
})
