/** What WeChat refuses at upload: pages that are not there, wrong tabs, packages that are too large. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow, jsonOf, sizeOf } from './walk.mjs'

const MEGABYTE = 1024 * 1024
const PACKAGE_LIMIT = 2 * MEGABYTE
const WHOLE_LIMIT = 20 * MEGABYTE
const MOST_TABS = 5

/** Pages of the main package and of each sub-package. */
export function packagesOf(app) {
  const parts = (app.subPackages ?? app.subpackages ?? []).map(({ root, pages }) => ({
    root: root.replace(/\/$/, ''),
    pages: pages.map((page) => `${root.replace(/\/$/, '')}/${page}`),
  }))
  return [{ root: '', pages: app.pages }, ...parts]
}

export function checkAppJson(folder) {
  const faults = []
  const app = jsonOf(folder, 'app.json')
  const packages = packagesOf(app)
  const all = packages.flatMap(({ pages }) => pages)
  if (new Set(all).size !== all.length) faults.push('a page stands twice in app.json')
  for (const page of all) {
    for (const ending of ['js', 'json', 'wxml']) {
      if (!existsSync(join(folder, `${page}.${ending}`))) faults.push(`${page}.${ending} is missing`)
    }
  }
  const roots = packages.map(({ root }) => root).filter(Boolean)
  for (const root of roots) {
    if (app.pages.some((page) => page.startsWith(`${root}/`))) faults.push(`a main page lies inside the sub-package ${root}`)
  }
  const tabs = app.tabBar?.list ?? []
  if (tabs.length < 2 || tabs.length > MOST_TABS) faults.push(`${tabs.length} tabs: WeChat wants 2 to ${MOST_TABS}`)
  for (const tab of tabs) {
    if (!tab.pagePath || !tab.text) faults.push('a tab without pagePath or text')
    else if (!app.pages.includes(tab.pagePath)) faults.push(`the tab page ${tab.pagePath} is not in the main package`)
  }
  if (app.__usePrivacyCheck__ !== true) faults.push('__usePrivacyCheck__ is not on: the privacy question would not be asked')
  return [...faults, ...checkReach(folder, roots)]
}

/** A package may use the main package and itself, never another sub-package: it may not be on the phone. */
function checkReach(folder, roots) {
  const faults = []
  const packageOf = (file) => roots.find((root) => file.startsWith(`${root}/`)) ?? ''
  for (const file of filesBelow(folder).filter((name) => name.endsWith('.json'))) {
    for (const [name, path] of Object.entries(jsonOf(folder, file).usingComponents ?? {})) {
      const target = path.startsWith('/') ? path.slice(1) : join(file, '..', path)
      if (!existsSync(join(folder, `${target}.js`))) faults.push(`${file}: the component ${name} is missing`)
      const there = packageOf(target)
      if (there && there !== packageOf(file)) faults.push(`${file} uses ${name} of another sub-package (${there})`)
    }
  }
  return faults
}

export function checkPackageSizes(folder) {
  const roots = packagesOf(jsonOf(folder, 'app.json')).map(({ root }) => root)
  const sizes = new Map(roots.map((root) => [root, 0]))
  let whole = 0
  for (const file of filesBelow(folder)) {
    const root = roots.find((one) => one && file.startsWith(`${one}/`)) ?? ''
    sizes.set(root, sizes.get(root) + sizeOf(folder, file))
    whole += sizeOf(folder, file)
  }
  const findings = [...sizes].map(([root, size]) => {
    const words = `${root || 'main package'}: ${(size / 1024).toFixed(0)} KB of ${PACKAGE_LIMIT / 1024} KB`
    return size > PACKAGE_LIMIT ? words : `note: ${words}`
  })
  if (whole > WHOLE_LIMIT) findings.push(`all packages together: ${(whole / MEGABYTE).toFixed(1)} MB of 20 MB`)
  return findings
}
