/** Hints that something changed. They carry no content: who hears one fetches by cursor. */
import { onUnmounted } from 'vue'
import { api } from './api'
import { platform, type OpenSocket } from './platform'
import { isOpen, whenOpen } from './session/gate'

export interface Hint {
  /** Whom it concerns: `resident:…`, `team:…`, `account:…`. */
  topic: string
  /** What changed: `chat.message`, `referral.moved`. */
  kind: string
  id: string | null
  seq: number
}

type Listener = (hint: Hint | null) => void

const BACK_OFF_MS = [1000, 2000, 5000, 10_000, 30_000]
const listeners = new Set<{ kind: string; hear: Listener }>()
let socket: OpenSocket | null = null
let wanted = false
let failures = 0
let timer: ReturnType<typeof setTimeout> | undefined

/** Reads one frame; anything that is no hint is left out. */
export function readHint(text: string): Hint | null {
  try {
    const raw = JSON.parse(text) as Partial<Hint>
    if (typeof raw.topic !== 'string' || typeof raw.kind !== 'string') return null
    return { topic: raw.topic, kind: raw.kind, id: typeof raw.id === 'string' ? raw.id : null, seq: Number(raw.seq ?? 0) }
  } catch {
    return null
  }
}

/** How long to wait after so many failures; a fifth by chance, so that a village does not knock at once. */
export function backOff(failed: number, chance: number = Math.random()): number {
  const step = BACK_OFF_MS[Math.min(failed, BACK_OFF_MS.length - 1)]
  return Math.round(step * (0.9 + chance * 0.2))
}

function socketUrl(url: string, oneTimeTicket: string): string {
  const joined = `${url}${url.includes('?') ? '&' : '?'}ticket=${encodeURIComponent(oneTimeTicket)}`
  // #ifdef H5
  return new URL(joined, window.location.href).href.replace(/^http/, 'ws')
  // #endif
  // #ifndef H5
  return (joined.startsWith('/') ? __API_ORIGIN__ + joined : joined).replace(/^http/, 'ws')
  // #endif
}

function tell(hint: Hint | null): void {
  for (const { kind, hear } of [...listeners]) {
    if (hint === null || hint.kind === kind || hint.kind.startsWith(`${kind}.`)) hear(hint)
  }
}

function tryAgainLater(): void {
  socket = null
  if (!wanted) return
  clearTimeout(timer)
  timer = setTimeout(connect, backOff(failures))
  failures += 1
}

async function connect(): Promise<void> {
  if (!wanted || socket) return
  try {
    const answer = await api.post<{ ticket: string; url: string }>('/live/tickets', undefined, { retries: 0 })
    if (!wanted || socket) return
    const late = failures > 0
    socket = platform.openSocket(socketUrl(answer.url, answer.ticket), {
      onOpen() {
        failures = 0
        // What was said while we were away is not repeated: everyone looks once.
        if (late) tell(null)
      },
      onText(text) {
        const hint = readHint(text)
        // "again": the server lost hints for a moment; everyone looks once.
        if (hint) tell(hint.kind === 'again' ? null : hint)
      },
      onClose: tryAgainLater,
    })
  } catch {
    tryAgainLater()
  }
}

/** The app came to the front. */
export function openLive(): void {
  if (wanted) return
  wanted = true
  void whenOpen().then(connect)
}

/** The app went away: WeChat drops the socket a few seconds later anyway. */
export function closeLive(): void {
  wanted = false
  clearTimeout(timer)
  failures = isOpen.value ? 1 : 0
  socket?.close()
  socket = null
}

/** Calls `hear` on every hint of a kind (`chat` hears `chat.message` too), and with null when some may have been missed. */
export function useHints(kind: string, hear: Listener): void {
  const entry = { kind, hear }
  listeners.add(entry)
  onUnmounted(() => listeners.delete(entry))
}
