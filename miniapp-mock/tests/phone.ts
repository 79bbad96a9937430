/** A phone with a server behind it that answers from a table; every request is written down. */
import { createPinia, setActivePinia } from 'pinia'
import { vi } from 'vitest'

export interface Asked {
  deed: string
  headers: Record<string, string>
  body: unknown
}
type Reply = { status?: number; body?: unknown } | (() => { status?: number; body?: unknown })

interface UniRequest {
  method: string
  url: string
  header: Record<string, string>
  data?: string
  success(answer: object): void
}

/** Starts the app's modules anew. `replies` is keyed by "GET /me". */
export function phoneWith(replies: Record<string, Reply>) {
  vi.resetModules()
  const asked: Asked[] = []
  vi.stubGlobal('uni', {
    reLaunch: vi.fn(),
    switchTab: vi.fn(),
    request({ method, url, header, data, success }: UniRequest) {
      const deed = `${method} ${url.replace('/api/v1', '')}`
      asked.push({ deed, headers: header, body: data === undefined ? undefined : JSON.parse(data) })
      const found = replies[deed]
      const { status = 200, body = {} } = (typeof found === 'function' ? found() : found) ?? { status: 404 }
      setTimeout(() => success({ statusCode: status, header: { 'content-type': 'application/json' }, data: JSON.stringify(body) }))
    },
  })
  vi.stubGlobal('fetch', async (url: string) => {
    const mock = 'http://127.0.0.1:9'
    return new Response(JSON.stringify(url.endsWith('environment.json') ? { mock, counties: [], templates: {} } : { code: 'C' }))
  })
  setActivePinia(createPinia())
  return asked
}
