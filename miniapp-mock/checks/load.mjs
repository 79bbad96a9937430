/** Loads app.js, every page and every component as WeChat would, with a `wx` that only notes what is asked of it. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import vm from 'node:vm'
import { packagesOf } from './structure.mjs'
import { filesBelow, jsonOf, textOf } from './walk.mjs'

/** Calls that must answer something for the app to start. */
const ANSWERS = {
  getStorageSync: () => '',
  getStorageInfoSync: () => ({ keys: [] }),
  getSystemInfoSync: () => ({ platform: 'devtools', windowWidth: 390, statusBarHeight: 20, SDKVersion: '3.7.0' }),
  getAppBaseInfo: () => ({ fontSizeSetting: 17, SDKVersion: '3.7.0', language: 'zh_CN' }),
  getWindowInfo: () => ({ windowWidth: 390, windowHeight: 844, statusBarHeight: 20, safeArea: {} }),
  getDeviceInfo: () => ({ platform: 'devtools' }),
  getLaunchOptionsSync: () => ({ path: '', query: {} }),
  getEnterOptionsSync: () => ({ path: '', query: {} }),
  getMenuButtonBoundingClientRect: () => ({ left: 290, top: 24, width: 87, height: 32 }),
  canIUse: () => true,
}

function stubWx() {
  return new Proxy({ ...ANSWERS }, {
    get: (target, name) => (name in target ? target[name] : typeof name === 'string' ? () => undefined : undefined),
  })
}

export function loadEveryPage(folder) {
  const faults = []
  const app = jsonOf(folder, 'app.json')
  const packages = packagesOf(app)
  const roots = packages.map(({ root }) => root).filter(Boolean)
  const packageOf = (file) => roots.find((root) => file.startsWith(`${root}/`)) ?? ''
  const registered = { app: 0, parts: 0 }
  const wx = stubWx()
  const context = vm.createContext({
    wx, console: { ...console, log() {}, info() {}, warn() {} }, setTimeout: () => 0, clearTimeout() {}, setInterval: () => 0, clearInterval() {}, Promise,
    App: () => (registered.app += 1),
    Page: () => (registered.parts += 1),
    Component: () => (registered.parts += 1),
    Behavior: (options) => options,
    getApp: () => ({ globalData: {} }),
    getCurrentPages: () => [],
  })
  context.global = context
  context.globalThis = context
  const modules = new Map()

  function load(file) {
    if (modules.has(file)) return modules.get(file).exports
    if (!existsSync(join(folder, file))) throw new Error(`${file} is missing`)
    const module = { exports: {} }
    modules.set(file, module)
    const require = (path) => {
      const target = join(dirname(file), path.endsWith('.js') ? path : `${path}.js`)
      const there = packageOf(target)
      if (there && there !== packageOf(file)) faults.push(`${file} requires ${target} of another sub-package`)
      return load(target)
    }
    const wrapped = vm.runInContext(`(function(require,module,exports){${textOf(folder, file)}\n})`, context, { filename: file })
    wrapped(require, module, module.exports)
    return module.exports
  }

  function attempt(file, counter) {
    const before = registered[counter]
    try {
      load(file)
      if (registered[counter] === before) faults.push(`${file} registers nothing`)
    } catch (error) {
      faults.push(`${file}: ${error.message}`)
    }
  }

  attempt('app.js', 'app')
  const parts = filesBelow(folder)
    .filter((name) => name.endsWith('.wxml') && existsSync(join(folder, name.replace(/wxml$/, 'json'))))
    .map((name) => name.replace(/wxml$/, 'js'))
  for (const file of parts) attempt(file, 'parts')
  return [...faults, `note: ${packages.flatMap(({ pages }) => pages).length} pages, ${parts.length} parts loaded`]
}
