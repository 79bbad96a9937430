/** One conversation on the screen: what was said, what is on its way, and both by number. */
import { computed, ref, shallowRef } from 'vue'
import { api, newKey, Problem } from '@/api'
import type { Draft, Message, Messages } from './types'

const PAGE = 30

export function createTalk(id: () => string) {
  const said = shallowRef<Message[]>([])
  const drafts = ref<Draft[]>([])
  const more = ref(false)
  const ready = ref(false)
  const problem = shallowRef<Problem | null>(null)
  const seen = ref(0)
  let fetching: Promise<void> | null = null
  let again = false

  const last = computed(() => said.value[said.value.length - 1]?.seq ?? 0)

  /** Puts messages in by number; one that is there already changes nothing. */
  function take(items: Message[]): void {
    const known = new Map(said.value.map((one) => [one.seq, one]))
    for (const one of items) known.set(one.seq, one)
    said.value = [...known.values()].sort((a, b) => a.seq - b.seq)
    const told = new Set(items.map((one) => one.client_message_id))
    drafts.value = drafts.value.filter((draft) => !told.has(draft.client_message_id))
  }

  async function fetchNew(): Promise<void> {
    if (!ready.value) {
      const page = await api.get<Messages>(`/conversations/${id()}/messages?limit=${PAGE}`)
      take(page.items)
      more.value = page.more
      ready.value = true
      return
    }
    for (let left = true; left; ) {
      const page = await api.get<Messages>(`/conversations/${id()}/messages?after=${last.value}&limit=100`)
      take(page.items)
      left = page.more
    }
  }

  /** Fetches what is new. Called while it is fetching, it looks once more afterwards: a hint may have come between. */
  function catchUp(): Promise<void> {
    if (fetching) {
      again = true
      return fetching
    }
    fetching = fetchNew()
      .then(() => {
        problem.value = null
      })
      .catch((error: unknown) => {
        if (!(error instanceof Problem)) throw error
        problem.value = error
      })
      .finally(() => {
        fetching = null
        if (again) {
          again = false
          void catchUp()
        }
      })
    return fetching
  }

  async function earlier(): Promise<void> {
    const first = said.value[0]?.seq
    if (!first || !more.value) return
    const page = await api.get<Messages>(`/conversations/${id()}/messages?before=${first}&limit=${PAGE}`)
    take(page.items)
    more.value = page.more
  }

  /** Sends a draft. A refusal is shown and the words stay; without an answer it may be sent again under its own id. */
  async function send(draft: Draft): Promise<Message | null> {
    setState(draft, 'sending')
    try {
      const message = await api.post<Message>(
        `/conversations/${id()}/messages`,
        { text: draft.text, client_message_id: draft.client_message_id },
        { retries: 1 },
      )
      problem.value = null
      take([message])
      // Somebody else may have spoken in between: their number lies before ours.
      void catchUp()
      return message
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      setState(draft, 'failed')
      if (!error.worthRetrying) problem.value = error
      return null
    }
  }

  function setState(draft: Draft, state: Draft['state']): void {
    drafts.value = drafts.value.map((one) => (one.client_message_id === draft.client_message_id ? { ...one, state } : one))
  }

  function say(text: string): Promise<Message | null> {
    const draft: Draft = { client_message_id: newKey(), text, state: 'sending' }
    drafts.value = [...drafts.value, draft]
    return send(draft)
  }

  function drop(draft: Draft): void {
    drafts.value = drafts.value.filter((one) => one.client_message_id !== draft.client_message_id)
  }

  /** Tells the server up to where this side has seen; the other side never learns it. */
  async function markSeen(): Promise<void> {
    if (last.value <= seen.value) return
    const upTo = last.value
    try {
      await api.post(`/conversations/${id()}/read`, { seq: upTo }, { retries: 0 })
      seen.value = Math.max(seen.value, upTo)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
    }
  }

  return { said, drafts, more, ready, problem, last, catchUp, earlier, say, send, drop, markSeen }
}
