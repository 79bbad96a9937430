/** Each check of the WeChat package finds the fault it is there for. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compileTemplatesAndStyles } from '../checks/compile.mjs'
import { loadEveryPage } from '../checks/load.mjs'
import { checkHosts, checkStandInStaysOut } from '../checks/separation.mjs'
import { checkAppJson, checkPackageSizes } from '../checks/structure.mjs'

const APP = {
  pages: ['pages/a', 'pages/b'],
  subPackages: [{ root: 'features/x', pages: ['c'] }, { root: 'features/y', pages: ['d'] }],
  tabBar: { list: [{ pagePath: 'pages/a', text: 'A' }, { pagePath: 'pages/b', text: 'B' }] },
  __usePrivacyCheck__: true,
}

function packageWith(changes = {}, app = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'liandong-check-'))
  const files = { 'app.js': 'App({})', 'app.json': JSON.stringify({ ...APP, ...app }), 'app.wxss': '.a{color:red}' }
  for (const page of ['pages/a', 'pages/b', 'features/x/c', 'features/y/d']) {
    Object.assign(files, { [`${page}.js`]: 'Page({})', [`${page}.json`]: '{"usingComponents":{}}', [`${page}.wxml`]: '<view></view>' })
  }
  for (const [file, text] of Object.entries({ ...files, ...changes })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  return folder
}

const faults = (found) => found.filter((one) => !one.startsWith('note: '))

describe('checks of the package', () => {
  it('find nothing wrong with a sound one', () => {
    const sound = packageWith()
    for (const check of [checkAppJson, checkPackageSizes, checkHosts, compileTemplatesAndStyles, loadEveryPage]) {
      expect(faults(check(sound))).toEqual([])
    }
  })

  it.each([
    ['a tab outside the main package', checkAppJson, {}, { tabBar: { list: [{ pagePath: 'pages/a', text: 'A' }, { pagePath: 'features/x/c', text: 'C' }] } }],
    ['a page that is not there', checkAppJson, {}, { pages: ['pages/a', 'pages/b', 'pages/gone'] }],
    ['six tabs', checkAppJson, {}, { tabBar: { list: Array(6).fill({ pagePath: 'pages/a', text: 'A' }) } }],
    ['no privacy question', checkAppJson, {}, { __usePrivacyCheck__: false }],
    ['a component of another sub-package', checkAppJson, { 'features/x/c.json': '{"usingComponents":{"d":"../y/d"}}' }, {}],
    ['a package over two megabytes', checkPackageSizes, { 'features/x/big.js': 'x'.repeat(2.1 * 1024 * 1024) }, {}],
    ['an outside host', checkHosts, { 'pages/a.js': 'fetch("https://cdn.example.com/a.png")' }, {}],
    ['an outside picture in a style', checkHosts, { 'app.wxss': '.a{background:url(//x) url("http://pic.example.com/s.png")}' }, {}],
    ['a template that is not closed', compileTemplatesAndStyles, { 'pages/a.wxml': '<form><view></view>' }, {}],
    ['a style that is not closed', compileTemplatesAndStyles, { 'app.wxss': '.a{color:red' }, {}],
    ['a page that falls over', loadEveryPage, { 'pages/a.js': 'Page(nothing.here)' }, {}],
    ['a page that registers nothing', loadEveryPage, { 'pages/b.js': '' }, {}],
    ['code of another sub-package', loadEveryPage, { 'features/x/c.js': 'require("../y/d.js");Page({})' }, {}],
  ])('find %s', (_name, check, changes, app) => {
    expect(faults(check(packageWith(changes, app))).length).toBeGreaterThan(0)
  })

  it('find the stand-in in the WeChat package, and a mark that has gone out of date', () => {
    const marks = '/mock/people /mock/login-code /mock/phone-code /mock/subscribe /mock/inbox wx-sheet 选一个微信身份 sessionStorage'
    const browser = packageWith({ 'pages/a.js': `"${marks}"` })
    expect(checkStandInStaysOut(browser, packageWith())).toEqual([])
    expect(checkStandInStaysOut(browser, packageWith({ 'pages/a.js': '"/mock/inbox"' }))).toHaveLength(1)
    expect(checkStandInStaysOut(packageWith(), packageWith()).length).toBeGreaterThan(0)
  })
})
