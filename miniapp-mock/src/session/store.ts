/** Who holds the phone, for whom they act, and which of their two faces the app shows. */
import { defineStore } from 'pinia'
import { api } from '../api'
import { platform, WELCOMED } from '../platform'
import { ticket } from './ticket'
import type { Me, Resident, SignInAnswer } from './types'

export type Face = 'resident' | 'staff'

const FACE = 'face'
const COUNTY = 'county'

export const useSession = defineStore('session', {
  state: () => ({
    me: null as Me | null,
    county: ticket.county ?? platform.storage.get<string>(COUNTY),
    actingFor: ticket.actingFor,
    signedIn: ticket.token !== null,
    chosenFace: platform.identity.get<Face>(FACE),
  }),
  getters: {
    face(state): Face {
      if (!state.me?.staff) return 'resident'
      return state.chosenFace ?? 'staff'
    },
    self: (state): Resident | null => state.me?.residents.find((one) => one.relation === 'self') ?? null,
    /** The resident whose affairs the screen shows. */
    resident(state): Resident | null {
      return state.me?.residents.find((one) => one.id === state.actingFor) ?? this.self
    },
    /** True when it is somebody else's affairs: then the name stays on the screen. */
    actsForAnother(): boolean {
      return this.resident !== null && this.resident.relation !== 'self'
    },
    /** Changes whenever kept content belongs to somebody else. */
    subjectKey(state): string {
      return `${state.county}/${state.me?.person.id ?? ''}/${state.actingFor ?? ''}/${this.face}`
    },
    mayEnter: (state): boolean => state.me !== null && !state.me.privacy_consent_needed,
  },
  actions: {
    chooseCounty(county: string | null) {
      this.county = county
      if (county) platform.storage.set(COUNTY, county)
      else platform.storage.remove(COUNTY)
    },
    /** Exchanges WeChat's code for a token. Throws Declined or Problem. */
    async exchange(silent: boolean) {
      if (!this.county) return false
      const code = await platform.login(this.county, silent)
      const answer = await api.post<SignInAnswer>('/sign-in', { county: this.county, code }, { anonymous: ticket.token === null, actingFor: null, final: true })
      Object.assign(ticket, { county: this.county, token: answer.token })
      ticket.save()
      this.signedIn = true
      return true
    },
    async signIn(silent = false) {
      if (await this.exchange(silent)) await this.loadMe()
    },
    /** Reads who this is. A resident with no own record acts for the first one there is. */
    async loadMe() {
      // Asked as oneself: whoever may no longer act for somebody would be turned away at the door.
      const me = await api.get<Me>('/me', { actingFor: null })
      const known = me.residents.some((one) => one.id === this.actingFor)
      const hasSelf = me.residents.some((one) => one.relation === 'self')
      if (!known) this.setActingFor(hasSelf ? null : me.residents[0]?.id ?? null)
      ticket.subject = me.person.id
      ticket.save()
      if (!me.privacy_consent_needed) platform.storage.set(WELCOMED, true)
      this.me = me
    },
    setActingFor(residentId: string | null) {
      this.actingFor = residentId
      ticket.actingFor = residentId
      ticket.save()
    },
    /** Shows the affairs of this resident; one's own go without the header. */
    actFor(resident: Resident) {
      this.setActingFor(resident.relation === 'self' ? null : resident.id)
    },
    showFace(face: Face) {
      this.chosenFace = face
      platform.identity.set(FACE, face)
    },
    /** Records what was agreed to: the notice, health data when ticked, and each child by itself. */
    async consent(version: string, healthData: boolean, childIds: string[]) {
      await api.post('/privacy-consents', { version, health_data: healthData })
      for (const childId of childIds) {
        await api.post('/privacy-consents', { version, health_data: healthData, child_id: childId })
      }
      await this.loadMe()
    },
    /** Lets go of the token and of everything kept for the person. */
    drop() {
      this.me = null
      this.signedIn = false
      this.chosenFace = null
      Object.assign(ticket, { token: null, subject: '' })
      this.setActingFor(null)
      platform.identity.remove(FACE)
      // What a feature kept to work without a signal is about patients: it goes with the person.
      for (const name of platform.storage.keys()) if (name.startsWith('kept.')) platform.storage.remove(name)
      api.forget()
    },
    async signOut() {
      // The server ends the token; without a signal it ends by itself, and this phone forgets it either way.
      if (ticket.token) await api.post('/sign-out', undefined, { retries: 0, timeoutMs: 5000, final: true }).catch(() => undefined)
      this.drop()
      platform.storage.remove(WELCOMED)
      platform.forgetPerson()
    },
  },
})

/** Teaches the client to sign in again by itself. Called once, when the app starts. */
export function renewSilently(): void {
  const session = useSession()
  ticket.renewBy = () => session.exchange(true)
}
