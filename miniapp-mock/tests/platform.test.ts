import { beforeEach, describe, expect, it, vi } from 'vitest'
import { sourceFor } from '../build/platform-source.mjs'
import { NoAnswer } from '../src/platform/contract'
import { drawerOf } from '../src/platform/h5/drawers'
import { platform } from '../src/platform'
import { readHeaders, sendByUni } from '../src/platform/wire'

const sources = import.meta.glob<string>('../src/**/*.{ts,vue}', { query: '?raw', import: 'default', eager: true })
const source = (file: string) => sources[`../src/${file}`]

describe('choice of the adapter', () => {
  it('gives the WeChat package WeChat’s body and not a line of the stand-in', () => {
    const text = sourceFor('mp-weixin', source('platform/index.ts'), 'index.ts')
    expect(text).toContain('./mp/adapter')
    expect(text).not.toContain('h5')
  })
  it('gives the browser the browser’s body', () => {
    const text = sourceFor('h5', source('platform/index.ts'), 'index.ts')
    expect(text).toContain('./h5/adapter')
    expect(text).not.toContain('./mp/')
    expect(platform.name).toBe('h5')
  })
  it('keeps 服务通知 and the drawn canvas on their own side', () => {
    expect(sourceFor('mp-weixin', source('pages/me/index.vue'), 'index.vue')).not.toContain('service-notices')
    expect(sourceFor('h5', source('pages/me/index.vue'), 'index.vue')).toContain('service-notices')
    expect(sourceFor('mp-weixin', source('components/ld-phone-button.vue'), 'b.vue')).toContain('open-type="getPhoneNumber"')
    expect(sourceFor('h5', source('components/ld-phone-button.vue'), 'b.vue')).not.toContain('open-type')
  })
})

describe('the browser’s body', () => {
  beforeEach(() => {
    window.sessionStorage.clear()
    vi.unstubAllGlobals()
  })

  it('takes the person and the county from the link, and says when it is another person', () => {
    expect(platform.onLaunch({ query: { as: 'o-1', county: 'xinmi' } })).toEqual({ county: 'xinmi', anotherPerson: true })
    expect(platform.onLaunch({ query: { as: 'o-1' } })).toEqual({ county: null, anotherPerson: false })
    expect(platform.onLaunch({ query: { as: 'o-2' } }).anotherPerson).toBe(true)
  })

  it('signs the chosen person in without asking, and asks nobody when it must be silent', async () => {
    const asked: string[] = []
    vi.stubGlobal('fetch', async (url: string, init?: { body?: string }) => {
      asked.push(`${url} ${init?.body ?? ''}`)
      const body = url.endsWith('environment.json') ? { mock: 'http://127.0.0.1:9', counties: [], templates: {} } : { code: 'C1' }
      return new Response(JSON.stringify(body))
    })
    await expect(platform.login('xinmi', true)).rejects.toThrow()
    expect(asked).toEqual([])
    platform.onLaunch({ query: { as: 'o-7' } })
    expect(await platform.login('xinmi', true)).toBe('C1')
    expect(asked[1]).toBe('http://127.0.0.1:9/mock/login-code {"openid":"o-7"}')
  })

  it('forgets one tab’s person without touching what the phone keeps', () => {
    platform.storage.set('font-mode', 'large')
    platform.identity.set('openid', 'o-1')
    platform.forgetPerson()
    expect(platform.identity.get('openid')).toBeNull()
    expect(platform.storage.get('font-mode')).toBe('large')
  })

  it('reads only its own keys and survives what it cannot read', () => {
    const drawer = drawerOf(window.localStorage)
    window.localStorage.setItem('somebody-else', '1')
    window.localStorage.setItem('liandong.broken', '{')
    drawer.set('a', { b: 1 })
    expect(drawer.get('broken')).toBeNull()
    expect(drawer.get('a')).toEqual({ b: 1 })
    expect(drawer.keys()).not.toContain('somebody-else')
  })
})

describe('the wire', () => {
  const request = { method: 'GET' as const, url: '/x', headers: {}, timeoutMs: 1 }
  const answerWith = (act: (options: Record<string, (value: object) => void>) => void) =>
    vi.stubGlobal('uni', { request: (options: never) => act(options) })

  it('takes every status as an answer, with header names in lower case', async () => {
    answerWith(({ success }) => success({ statusCode: 422, header: { ETag: '"1"' }, data: '{}' }))
    expect(await sendByUni(request)).toEqual({ status: 422, headers: { etag: '"1"' }, body: '{}' })
    expect(readHeaders(undefined)).toEqual({})
  })
  it('tells time running out from having no signal', async () => {
    answerWith(({ fail }) => fail({ errMsg: 'request:fail timeout' }))
    await expect(sendByUni(request)).rejects.toMatchObject(new NoAnswer('timeout'))
    answerWith(({ fail }) => fail({ errMsg: 'request:fail' }))
    await expect(sendByUni(request)).rejects.toMatchObject({ reason: 'offline' })
  })
})
