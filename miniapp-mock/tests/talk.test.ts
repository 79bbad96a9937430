import { beforeEach, describe, expect, it } from 'vitest'
import { phoneWith } from './phone'

const message = (seq: number, client = `c${seq}`) => ({
  id: `m${seq}`, seq, client_message_id: client, side: 'team', mine: false, author_name: '张建国', author_part: '家庭医生',
  text: `第${seq}句`, at: '2026-11-22T12:00:00Z', advice: [],
})

async function talkWith(replies: Parameters<typeof phoneWith>[0]) {
  const asked = phoneWith(replies)
  const { createTalk } = await import('../src/features/chat/talk')
  return { asked, talk: createTalk(() => 't') }
}

const FIRST = 'GET /conversations/t/messages?limit=30'

beforeEach(() => window.sessionStorage.clear())

describe('talk', () => {
  it('begins with the last messages and then asks only for what is new', async () => {
    const { asked, talk } = await talkWith({
      [FIRST]: { body: { items: [message(4), message(5)], more: true, last_seq: 5 } },
      'GET /conversations/t/messages?after=5&limit=100': { body: { items: [message(6)], more: false, last_seq: 6 } },
    })
    await talk.catchUp()
    await talk.catchUp()
    expect(talk.said.value.map((one) => one.seq)).toEqual([4, 5, 6])
    expect(talk.more.value).toBe(true)
    expect(asked.length).toBe(2)
  })

  it('puts earlier messages before, each once', async () => {
    const { talk } = await talkWith({
      [FIRST]: { body: { items: [message(4), message(5)], more: true, last_seq: 5 } },
      'GET /conversations/t/messages?before=4&limit=30': { body: { items: [message(3), message(4)], more: false, last_seq: 5 } },
    })
    await talk.catchUp()
    await talk.earlier()
    expect(talk.said.value.map((one) => one.seq)).toEqual([3, 4, 5])
    expect(talk.more.value).toBe(false)
  })

  it('sends again under the same id, and the words stand there once', async () => {
    let tries = 0
    const { asked, talk } = await talkWith({
      [FIRST]: { body: { items: [], more: false, last_seq: 0 } },
      'GET /conversations/t/messages?after=1&limit=100': { body: { items: [], more: false, last_seq: 1 } },
      'POST /conversations/t/messages': () => {
        tries += 1
        if (tries === 1) return { status: 503, body: { code: 'database_away', title: '服务正在恢复。' } }
        return { status: 201, body: { ...message(1, sent()[0]), side: 'resident', mine: true } }
      },
    })
    const sent = () =>
      asked.filter(({ deed }) => deed.startsWith('POST')).map(({ body }) => (body as { client_message_id: string }).client_message_id)
    await talk.catchUp()
    await talk.say('在吗')
    expect(talk.drafts.value.map((one) => one.state)).toEqual(['failed'])
    await talk.send(talk.drafts.value[0])
    expect([sent().length, new Set(sent()).size]).toEqual([2, 1])
    expect(talk.drafts.value).toEqual([])
    expect(talk.said.value.map((one) => one.seq)).toEqual([1])
  })

  it('keeps the words and shows why when the server refuses', async () => {
    const { talk } = await talkWith({
      [FIRST]: { body: { items: [], more: false, last_seq: 0 } },
      'POST /conversations/t/messages': { status: 422, body: { code: 'rule_broken', title: '签约已经结束。', violations: [] } },
    })
    await talk.catchUp()
    await talk.say('还在吗')
    expect(talk.problem.value?.title).toBe('签约已经结束')
    expect(talk.drafts.value.map((one) => one.text)).toEqual(['还在吗'])
  })
})
