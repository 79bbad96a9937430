import { beforeEach, describe, expect, it } from 'vitest'
import type { Me, Resident } from '../src/session/types'
import { phoneWith } from './phone'

const resident = (id: string, relation: Resident['relation'], birth_year = 1958): Resident => ({
  id, name: `名${id}`, relation, birth_year, village: '袁庄村', assurance: 'phone',
})
const me = (residents: Resident[], more: Partial<Me> = {}): Me => ({
  county: { id: 'xinmi', name: '新密市' }, person: { id: 'P1', name: '王秀英' }, staff: null, residents,
  acting_for: null, privacy_consent_needed: false, health_consent_needed: false, ...more,
})
const doctor = { practitioner_id: 'd1', name: '张建国', roles: ['family_doctor'], institution: { id: 'i', name: '袁庄乡卫生院' }, department: null }

async function signedIn(answer: Me, more: Parameters<typeof phoneWith>[0] = {}) {
  const asked = phoneWith({ 'POST /sign-in': { body: { token: 'T1', expires_at: '' } }, 'GET /me': { body: answer }, ...more })
  const { platform } = await import('../src/platform')
  platform.onLaunch({ query: { as: 'o-1' } })
  const { useSession, renewSilently } = await import('../src/session/store')
  renewSilently()
  const session = useSession()
  session.chooseCounty('xinmi')
  await session.signIn(true)
  return { session, asked }
}

beforeEach(() => {
  window.sessionStorage.clear()
  window.localStorage.clear()
})

describe('session', () => {
  it('shows one’s own affairs when there is an own record, and says nothing of acting for', async () => {
    const { session } = await signedIn(me([resident('self', 'self'), resident('mother', 'proxy')]))
    expect([session.resident?.id, session.actsForAnother, session.actingFor]).toEqual(['self', false, null])
  })

  it('acts for the first of the family when there is no own record, and sends it along', async () => {
    const { session, asked } = await signedIn(me([resident('mother', 'proxy'), resident('son', 'guardian')]))
    expect([session.resident?.id, session.actsForAnother]).toEqual(['mother', true])
    session.actFor(session.me!.residents[1])
    const { api } = await import('../src/api')
    await api.get('/home').catch(() => undefined)
    expect(asked[asked.length - 1].headers['X-Acting-For']).toBe('son')
  })

  it('stops acting for somebody the server no longer names', async () => {
    const list = [resident('self', 'self'), resident('mother', 'proxy')]
    const { session } = await signedIn(me(list))
    session.actFor(list[1])
    expect(session.actingFor).toBe('mother')
    session.me!.residents.pop()
    list.pop()
    await session.loadMe()
    expect([session.actingFor, session.resident?.id]).toEqual([null, 'self'])
  })

  it('shows staff their work first, and their own family when they ask for it', async () => {
    const { session } = await signedIn(me([resident('self', 'self')], { staff: doctor }))
    expect(session.face).toBe('staff')
    session.showFace('resident')
    expect(session.face).toBe('resident')
  })

  it('asks for health data and for each child under 14 by itself', async () => {
    const { session, asked } = await signedIn(me([], { privacy_consent_needed: true }), { 'POST /privacy-consents': { status: 201 } })
    expect(session.mayEnter).toBe(false)
    await session.consent('1', true, ['son'])
    expect(asked.filter(({ deed }) => deed.endsWith('consents')).map(({ body }) => body)).toEqual([
      { version: '1', health_data: true },
      { version: '1', health_data: true, child_id: 'son' },
    ])
    const { wardsUnder14 } = await import('../src/session/wards')
    const family = [resident('a', 'guardian', 2012), resident('b', 'guardian', 2011), resident('c', 'proxy', 2020)]
    expect(wardsUnder14(family, Date.parse('2026-11-24T00:00:00Z')).map(({ id }) => id)).toEqual(['a'])
  })

  it('makes one sign-in of many refused requests', async () => {
    let valid = 'T1'
    const { session, asked } = await signedIn(me([resident('self', 'self')]))
    expect(session.signedIn).toBe(true)
    const count = () => asked.filter(({ deed }) => deed === 'POST /sign-in').length
    valid = 'T2'
    const again = phoneWith({
      'POST /sign-in': () => ({ body: { token: valid, expires_at: '' } }),
      'GET /x': () => ({ status: again[again.length - 1].headers.Authorization === 'Bearer T2' ? 200 : 401, body: { ok: true } }),
    })
    const { renewSilently } = await import('../src/session/store')
    renewSilently()
    const { api } = await import('../src/api')
    await Promise.all([api.get('/x'), api.get('/x'), api.get('/x')])
    expect(again.filter(({ deed }) => deed === 'POST /sign-in')).toHaveLength(1)
    expect(count()).toBe(1)
  })

  it('leaves nothing of the person behind after signing out', async () => {
    const { session, asked } = await signedIn(me([resident('mother', 'proxy')]), { 'POST /sign-out': { status: 204 } })
    await session.signOut()
    expect(asked[asked.length - 1].deed).toBe('POST /sign-out')
    expect(Object.keys(window.sessionStorage)).toEqual([])
    expect([session.me, session.signedIn, session.actingFor]).toEqual([null, false, null])
  })
})
