/** The browser's body: sheets that look like WeChat's, answered by the stand-in of WeChat's servers. */
import { Declined, Unable, type Platform } from '../contract'
import { openSocketByUni, pictureByUni, sendByUni } from '../wire'
import { drawerOf } from './drawers'
import { bringLetters } from './fonts'
import { photoInBrowser } from './photo'
import { askPerson, askPhone, askScan, askSubscribe, tellPhone } from './sheets'
import { readEnvironment, standIn } from './stand-in'

const storage = drawerOf(window.localStorage)
const identity = drawerOf(window.sessionStorage)
const PERSON = 'openid'

/** Who this tab is, in the stand-in's WeChat. */
export function currentOpenid(): string | null {
  return identity.get<string>(PERSON)
}

bringLetters()

// A link with another person in it changes only the hash: start over, as a phone of that person would.
// This listener stands before the router's, which would lead away from the link before the reload.
window.addEventListener('popstate', (event) => {
  const wanted = /[?&]as=([^&]+)/.exec(window.location.hash)?.[1]
  if (!wanted || decodeURIComponent(wanted) === currentOpenid()) return
  event.stopImmediatePropagation()
  window.location.reload()
})

async function choosePerson(county: string): Promise<string> {
  const chosen = await askPerson(await standIn.people(county))
  identity.set(PERSON, chosen.openid)
  return chosen.openid
}

export const browserPlatform: Platform = {
  name: 'h5',
  storage,
  identity,

  environment: readEnvironment,
  request: sendByUni,
  openSocket: openSocketByUni,

  onLaunch({ query }) {
    const anotherPerson = query?.as !== undefined && query.as !== currentOpenid()
    if (query?.as) identity.set(PERSON, query.as)
    return { county: query?.county ?? null, anotherPerson }
  },
  async login(county, silent = false) {
    let openid = currentOpenid()
    if (!openid && silent) throw new Declined()
    openid ??= await choosePerson(county)
    return (await standIn.loginCode(openid)).code
  },
  forgetPerson: () => identity.remove(PERSON),
  async phoneCode() {
    const openid = currentOpenid()
    if (!openid) throw new Declined()
    const phone = await askPhone()
    return (await standIn.phoneCode(openid, phone || undefined)).code
  },
  async requestSubscribe(templateIds) {
    const openid = currentOpenid()
    if (!openid || !(await askSubscribe(templateIds.length))) return []
    return (await standIn.subscribe(openid, templateIds)).accepted
  },
  scan: askScan,
  takePhoto: photoInBrowser,
  picture: pictureByUni,
  requirePrivacy: async () => true,
  openPrivacyGuide: null,
  callPhone: (number) => tellPhone(number),
  async copy(text) {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      throw new Unable('浏览器不让复制，请长按文字自己复制')
    }
  },

  isOnline: async () => navigator.onLine,
  onNetworkChange(listener) {
    window.addEventListener('online', () => listener(true))
    window.addEventListener('offline', () => listener(false))
  },
  systemFontSize: () => 17,
  barInsets: () => ({ top: 0, right: 0 }),
}
