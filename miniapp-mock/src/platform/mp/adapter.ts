/** WeChat's own calls. Only the WeChat package contains this file. */
import {
  Declined,
  Unable,
  WELCOMED,
  type Drawer,
  type Environment,
  type Platform,
} from '../contract'
import { openSocketByUni, pictureByUni, sendByUni } from '../wire'
import { photoInWechat } from './photo'

/** WeChat's answer when the account's paid phone-number quota is used up. */
const PHONE_QUOTA_USED_UP = 1400001

const drawer: Drawer = {
  get: <T>(key: string) => {
    const value: unknown = uni.getStorageSync(`liandong.${key}`)
    return value === '' ? null : (value as T)
  },
  set: (key, value) => uni.setStorageSync(`liandong.${key}`, value),
  remove: (key) => uni.removeStorageSync(`liandong.${key}`),
  keys: () =>
    uni
      .getStorageInfoSync()
      .keys.filter((key) => key.startsWith('liandong.'))
      .map((key) => key.slice('liandong.'.length)),
}

/** A scene from a mini-program code arrives percent-encoded: `county%3Dxinmi`. */
function countyOf(query: Record<string, string | undefined>): string | null {
  const scene = decodeURIComponent(query.scene ?? '')
  return query.county ?? /(?:^|&)county=([\w-]+)/.exec(scene)?.[1] ?? null
}

export const wechatPlatform: Platform = {
  name: 'mp',
  storage: drawer,
  identity: drawer,

  async environment() {
    const answer = await sendByUni({
      method: 'GET',
      url: `${__API_ORIGIN__}/app/environment.json`,
      headers: {},
      timeoutMs: 10_000,
    })
    return JSON.parse(answer.body) as Environment
  },
  request: (request) => sendByUni({ ...request, url: `${__API_ORIGIN__}${request.url}` }),
  openSocket: openSocketByUni,

  onLaunch: ({ query }) => ({ county: countyOf(query ?? {}), anotherPerson: false }),
  login: (_county, silent = false) =>
    new Promise((resolve, reject) => {
      if (silent && !drawer.get(WELCOMED)) return reject(new Declined())
      wx.login({
        success: ({ code }) => resolve(code),
        fail: () => reject(new Unable('微信没有给出登录码，请退出小程序再打开')),
      })
    }),
  forgetPerson: () => undefined,
  async phoneCode(detail) {
    if (detail?.code) return detail.code
    if (detail?.errno === PHONE_QUOTA_USED_UP) {
      throw new Unable('现在不能用微信手机号，请用村医或卫生院给您的交接码')
    }
    throw new Declined()
  },
  requestSubscribe: (templateIds) =>
    new Promise((resolve) => {
      wx.requestSubscribeMessage({
        tmplIds: templateIds,
        success: (result: Record<string, string>) =>
          resolve(templateIds.filter((id) => result[id] === 'accept')),
        fail: () => resolve([]),
      })
    }),
  scan: () =>
    new Promise((resolve, reject) => {
      uni.scanCode({ success: ({ result }) => resolve(result), fail: () => reject(new Declined()) })
    }),
  takePhoto: photoInWechat,
  picture: (url, headers) => pictureByUni(`${__API_ORIGIN__}${url}`, headers),
  requirePrivacy: () =>
    new Promise((resolve) => {
      // Phones older than base library 2.32.3 do not know the call and ask by themselves.
      if (!wx.requirePrivacyAuthorize) return resolve(true)
      wx.requirePrivacyAuthorize({ success: () => resolve(true), fail: () => resolve(false) })
    }),
  openPrivacyGuide: () => wx.openPrivacyContract?.({ fail: () => undefined }),
  callPhone: (number) => {
    uni.makePhoneCall({ phoneNumber: number, fail: () => undefined })
  },
  copy: (text) =>
    new Promise((resolve, reject) => {
      uni.setClipboardData({ data: text, showToast: false, success: () => resolve(), fail: () => reject(new Declined()) })
    }),

  isOnline: () =>
    new Promise((resolve) => {
      uni.getNetworkType({ success: ({ networkType }) => resolve(networkType !== 'none'), fail: () => resolve(true) })
    }),
  onNetworkChange: (listener) => uni.onNetworkStatusChange(({ isConnected }) => listener(isConnected)),
  systemFontSize: () => wx.getAppBaseInfo?.().fontSizeSetting ?? 17,
  barInsets() {
    const { windowWidth, statusBarHeight } = wx.getWindowInfo()
    return { top: statusBarHeight, right: windowWidth - wx.getMenuButtonBoundingClientRect().left }
  },
}
