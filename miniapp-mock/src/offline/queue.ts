/** Deeds recorded without a signal: kept on the phone, sent later in the same order, each under its own key. */
import { computed, ref } from 'vue'
import { api, newKey, Problem } from '../api'
import { platform } from '../platform'
import { whenOpen } from '../session/gate'
import { ticket } from '../session/ticket'
import { onSignalBack, watchNetwork } from './network'

export interface Deed {
  /** Idempotency key and name at once; UUID v7, so sorting by it is the order of recording. */
  key: string
  subject: string
  actingFor: string | null
  method: 'POST' | 'PUT'
  path: string
  body: unknown
  /** What the person calls it: "岩相 量血压 138/86". */
  label: string
  /** Which household it belongs to, so that the banner can count houses. */
  household: string
  recordedAt: number
  /** Why the server refused it; such a deed waits for the person, not for the signal. */
  refusal: { title: string; detail: string; instead: string[] } | null
}

/** `key` is given where the deed was tried before and nobody knows whether it was done: then it goes under the same key. */
export type NewDeed = Pick<Deed, 'method' | 'path' | 'body' | 'label' | 'household'> & { key?: string }

const PREFIX = 'deed.'
const RETRY_MS = 30_000
const kept = ref<Deed[]>([])
let sending: Promise<void> | null = null
let timer: ReturnType<typeof setTimeout> | undefined

function readAll(): void {
  kept.value = platform.storage
    .keys()
    .filter((name) => name.startsWith(PREFIX))
    .sort()
    .flatMap((name) => platform.storage.get<Deed>(name) ?? [])
    .filter((deed) => deed.subject === ticket.subject)
}

function write(deed: Deed): void {
  platform.storage.set(PREFIX + deed.key, deed)
  readAll()
}

/** Waiting for a signal. */
export const waiting = computed(() => kept.value.filter((deed) => deed.refusal === null))
/** Refused by the server: the person must look. */
export const refused = computed(() => kept.value.filter((deed) => deed.refusal !== null))
export const waitingHouseholds = computed(() => new Set(waiting.value.map((deed) => deed.household)).size)

/** Takes one deed away, sent or given up. */
export function removeDeed(key: string): void {
  platform.storage.remove(PREFIX + key)
  readAll()
}

async function sendOne(deed: Deed): Promise<'sent' | 'later'> {
  const options = { key: deed.key, actingFor: deed.actingFor, retries: 0 }
  try {
    if (deed.method === 'POST') await api.post(deed.path, deed.body, options)
    else await api.put(deed.path, deed.body, options)
    removeDeed(deed.key)
    return 'sent'
  } catch (error) {
    if (!(error instanceof Problem) || error.worthRetrying || error.kind === 'signed-out') return 'later'
    const instead = error.violations.flatMap((broken) => broken.instead ?? [])
    write({ ...deed, refusal: { title: error.title, detail: error.detail, instead } })
    return 'sent'
  }
}

async function sendAll(): Promise<void> {
  await whenOpen()
  readAll()
  clearTimeout(timer)
  // One may be recorded while another is on its way, and somebody else may sign in.
  for (let deed = waiting.value[0]; deed && deed.subject === ticket.subject; deed = waiting.value[0]) {
    if ((await sendOne(deed)) === 'later') {
      timer = setTimeout(() => void flush(), RETRY_MS)
      return
    }
  }
}

/** Sends what waits, oldest first; stops at the first that finds no signal. */
export function flush(): Promise<void> {
  sending ??= sendAll().finally(() => (sending = null))
  return sending
}

/** Writes a deed down first and then tries to send it. The page need not wait. */
export function record(deed: NewDeed): Deed {
  const recordedAt = Date.now()
  const whole: Deed = {
    ...deed,
    key: deed.key ?? newKey(recordedAt),
    subject: ticket.subject,
    actingFor: ticket.actingFor,
    recordedAt,
    refusal: null,
  }
  write(whole)
  void flush()
  return whole
}

/** Starts with the app: sends what an earlier day left, and again whenever the signal is back. */
export function startQueue(): void {
  watchNetwork()
  onSignalBack(() => void flush())
  void flush()
}

/** Reads the phone's memory again after another person signed in. */
export const rereadQueue = readAll
