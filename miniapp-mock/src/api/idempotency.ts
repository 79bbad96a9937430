/** Keys that let the server know a repeated request from a new one, kept until an answer has come. */
import type { Drawer } from '../platform/contract'

interface KeptKey {
  key: string
  at: number
}

/** The server keeps its memory of a key for a limited time; an older one is not used again. */
const LIFE_MS = 20 * 3_600_000
const PREFIX = 'key.'

let latest = 0

/** UUID v7: the time first, so that keys sort in the order they were made; the rest is chance, not a secret. */
export function newKey(at: number = Date.now()): string {
  latest = Math.max(at, latest + 1)
  const time = latest.toString(16).padStart(12, '0')
  const chance = Array.from({ length: 19 }, () => Math.floor(Math.random() * 16).toString(16)).join('')
  const variant = '89ab'[Math.floor(Math.random() * 4)]
  return `${time.slice(0, 8)}-${time.slice(8)}-7${chance.slice(0, 3)}-${variant}${chance.slice(3, 6)}-${chance.slice(6, 18)}`
}

/** 106 bits of a text, so that no health data stands in the phone's memory only to know a request again. */
export function fingerprint(text: string): string {
  let [a, b, c, d] = [0xdeadbeef, 0x41c6ce57, 0x9e3779b9, 0x85ebca6b]
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    a = Math.imul(a ^ unit, 2654435761)
    b = Math.imul(b ^ unit, 1597334677)
    c = Math.imul(c ^ unit, 2246822519)
    d = Math.imul(d ^ unit, 3266489917)
    ;[a, b, c, d] = [a ^ (b >>> 15), b ^ (c >>> 13), c ^ (d >>> 16), d ^ (a >>> 14)]
  }
  return [a, b, c, d].map((part) => (part >>> 0).toString(36)).join('')
}

export interface KeyMemory {
  /** The key for this request: the one of an attempt without an answer, or a new one already written down. */
  take(request: string): string
  /** An answer has come: the next request like this one is a new one. */
  settle(request: string): void
}

export function createKeyMemory(drawer: Drawer, now: () => number = Date.now): KeyMemory {
  for (const name of drawer.keys()) {
    if (!name.startsWith(PREFIX)) continue
    const kept = drawer.get<KeptKey>(name)
    if (!kept || now() - kept.at > LIFE_MS) drawer.remove(name)
  }
  return {
    take(request) {
      const name = PREFIX + fingerprint(request)
      const kept = drawer.get<KeptKey>(name)
      if (kept && now() - kept.at <= LIFE_MS) return kept.key
      const key = newKey(now())
      drawer.set(name, { key, at: now() })
      return key
    },
    settle: (request) => drawer.remove(PREFIX + fingerprint(request)),
  }
}
