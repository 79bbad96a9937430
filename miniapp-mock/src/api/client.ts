/** The one way to Liandong's server: JSON, one key a deed, refusals as Problem. */
import { NoAnswer, type Drawer, type WireAnswer, type WireRequest } from '../platform/contract'
import { createKeyMemory } from './idempotency'
import { problemFromAnswer, problemOfKind } from './problem'

export const API_BASE = '/api/v1'

type Method = WireRequest['method']

export interface SendOptions {
  /** Path of the resource whose kept ETag goes along as If-Match. */
  ifMatch?: string
  /** A key of one's own (the offline queue writes it down with the deed). */
  key?: string
  /** Send without a token, and never sign in for it. */
  anonymous?: boolean
  timeoutMs?: number
  /** A 401 is not answered by signing in again. */
  final?: boolean
  /** For whom, when that is not the choice on the screen (a deed written down earlier). */
  actingFor?: string | null
  /** Further tries when no answer came. Zero for what the person can press again. */
  retries?: number
}

/** A list of the server, one page. */
export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export interface ClientParts {
  send(request: WireRequest): Promise<WireAnswer>
  drawer: Drawer
  token(): string | null
  /** Resident id another person acts for, or null. */
  actingFor(): string | null
  /** Whose deeds these are; two people on one phone never share a key. */
  subject(): string
  /** Signs in again without asking; false when that cannot be done. */
  renew(): Promise<boolean>
  /** The server's domain time came with an answer. */
  learnNow(instant: string): void
  wait?(ms: number): Promise<void>
}

export interface Client {
  get<T>(path: string, options?: SendOptions): Promise<T>
  post<T>(path: string, body?: unknown, options?: SendOptions): Promise<T>
  put<T>(path: string, body?: unknown, options?: SendOptions): Promise<T>
  delete<T>(path: string, options?: SendOptions): Promise<T>
  etagOf(path: string): string | null
  /** Forgets what was kept for the person before. */
  forget(): void
}

const TIMEOUT_MS = 15_000
const PAUSES_MS = [800, 2500]
function readBody(answer: WireAnswer): unknown {
  if (answer.body.trim() === '') return null
  try {
    return JSON.parse(answer.body) as unknown
  } catch {
    throw problemOfKind('broken', 'unreadable-answer')
  }
}

export function createClient(parts: ClientParts): Client {
  const etags = new Map<string, string>()
  const keys = createKeyMemory(parts.drawer)
  const wait = parts.wait ?? ((ms: number) => new Promise((resolve) => setTimeout(resolve, ms)))

  function headersFor(method: Method, options: SendOptions, hasBody: boolean, key: string | null) {
    const headers: Record<string, string> = { Accept: 'application/json' }
    const token = parts.token()
    const actingFor = options.actingFor === undefined ? parts.actingFor() : options.actingFor
    if (hasBody) headers['Content-Type'] = 'application/json'
    if (token && !options.anonymous) headers.Authorization = `Bearer ${token}`
    if (actingFor && !options.anonymous) headers['X-Acting-For'] = actingFor
    if (key && method !== 'GET') headers['Idempotency-Key'] = key
    const etag = options.ifMatch ? etags.get(options.ifMatch) : undefined
    if (etag) headers['If-Match'] = etag
    return headers
  }

  async function once(request: WireRequest, retries: number): Promise<WireAnswer> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await parts.send(request)
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
        if (attempt >= retries) {
          const unknown = request.method !== 'GET' && error.reason === 'timeout'
          throw problemOfKind(unknown ? 'unknown' : 'offline')
        }
        await wait(PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)])
      }
    }
  }

  async function ask<T>(method: Method, path: string, body: unknown, options: SendOptions): Promise<T> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const deed = [parts.subject(), parts.actingFor() ?? '', method, path, text ?? ''].join('\n')
    const key = method === 'GET' ? null : (options.key ?? keys.take(deed))
    const build = (): WireRequest => ({
      method,
      url: API_BASE + path,
      headers: headersFor(method, options, text !== undefined, key),
      body: text,
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    })
    let answer = await once(build(), options.retries ?? 1)
    if (answer.status === 401 && !options.anonymous && !options.final && (await parts.renew())) {
      answer = await once(build(), options.retries ?? 1)
    }
    const now = answer.headers['x-liandong-now']
    if (now) parts.learnNow(now)
    const settle = () => (key && !options.key ? keys.settle(deed) : undefined)
    if (answer.status >= 400) {
      const told = /json/.test(answer.headers['content-type'] ?? '') ? readBody(answer) : null
      const problem = problemFromAnswer(answer.status, told)
      // After a failure the deed may still be done: the next press goes under the same key.
      if (!problem.worthRetrying && problem.kind !== 'signed-out') settle()
      throw problem
    }
    settle()
    const value = readBody(answer)
    const etag = answer.headers.etag
    if (etag) etags.set(options.ifMatch ?? path, etag)
    return value as T
  }

  return {
    get: (path, options = {}) => ask('GET', path, undefined, options),
    post: (path, body, options = {}) => ask('POST', path, body, options),
    put: (path, body, options = {}) => ask('PUT', path, body, options),
    delete: (path, options = {}) => ask('DELETE', path, undefined, options),
    etagOf: (path) => etags.get(path) ?? null,
    forget: () => etags.clear(),
  }
}
