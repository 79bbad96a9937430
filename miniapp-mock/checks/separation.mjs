/** Nothing from outside is called, and nothing of the browser's stand-in reaches the WeChat package. */
import { filesBelow, textOf } from './walk.mjs'

const TEXT = /\.(js|json|html|css|wxml|wxss|wxs)$/
/** Names of namespaces and addresses in error texts: read by people or parsers, called by nobody. */
const NOT_CALLED = [
  /^http:\/\/www\.w3\.org\//,
  /^https:\/\/vuejs\.org\/error-reference\//,
  /^https:\/\/uniapp\.dcloud\.net\.cn\/tutorial\/run\/mp-log\.html$/,
]
/** Words that only the browser's body of the platform has. Each must still be found there. */
const STAND_IN = ['/mock/people', '/mock/login-code', '/mock/phone-code', '/mock/subscribe', '/mock/inbox', 'wx-sheet', '选一个微信身份', 'sessionStorage']

export function checkHosts(folder) {
  const own = process.env.LIANDONG_API_ORIGIN ?? 'https://liandong.invalid'
  const faults = []
  for (const file of filesBelow(folder).filter((name) => TEXT.test(name))) {
    for (const address of textOf(folder, file).match(/\b(?:https?|wss?):\/\/[\w.-]+[^\s"'`)\\]*/g) ?? []) {
      if (address.startsWith(own) || NOT_CALLED.some((known) => known.test(address))) continue
      faults.push(`${file}: ${address.slice(0, 80)}`)
    }
  }
  return faults
}

export function checkStandInStaysOut(h5, mp) {
  const faults = []
  const browser = filesBelow(h5).filter((name) => TEXT.test(name)).map((name) => textOf(h5, name)).join('\n')
  const wechat = filesBelow(mp).filter((name) => TEXT.test(name))
  for (const word of STAND_IN) {
    if (!browser.includes(word)) faults.push(`${word} is not in the browser build either: the mark is out of date`)
    for (const file of wechat) if (textOf(mp, file).includes(word)) faults.push(`${file} has ${word}`)
  }
  for (const file of wechat) if (/(^|\/)h5\//.test(file)) faults.push(`${file} belongs to the browser`)
  return faults
}
