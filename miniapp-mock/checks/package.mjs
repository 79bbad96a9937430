/**
 * Checks both built packages off the device: structure, sizes, hosts, no stand-in code in the WeChat
 * package, WeChat's own compilers over every template and style, and a load of every page.
 * Nothing here proves how WeChat draws it; that last look is made by hand in its developer tools.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { compileTemplatesAndStyles } from './compile.mjs'
import { loadEveryPage } from './load.mjs'
import { checkHosts, checkStandInStaysOut } from './separation.mjs'
import { checkAppJson, checkPackageSizes } from './structure.mjs'

const built = join(import.meta.dirname, '..', 'dist', 'build')
const h5 = process.env.H5_DIR ?? join(built, 'h5')
const mp = process.env.MP_DIR ?? join(built, 'mp-weixin')

for (const [folder, script] of [[h5, 'build:h5'], [mp, 'build:mp-weixin']]) {
  if (!existsSync(folder)) {
    console.error(`没有 ${folder}，先运行 npm run ${script}`)
    process.exit(1)
  }
}

const steps = [
  ['app.json, pages and tabs', () => checkAppJson(mp)],
  ['package sizes', () => checkPackageSizes(mp)],
  ['hosts', () => [...checkHosts(mp), ...checkHosts(h5)]],
  ['the stand-in stays out of the WeChat package', () => checkStandInStaysOut(h5, mp)],
  ["WeChat's compilers", () => compileTemplatesAndStyles(mp)],
  ['every page and component loads', () => loadEveryPage(mp)],
]

let failed = false
for (const [name, run] of steps) {
  const findings = run()
  const faults = findings.filter((one) => !one.startsWith('note: '))
  failed ||= faults.length > 0
  console.log(`${faults.length ? 'FAILED' : 'ok    '} ${name}`)
  for (const finding of findings) console.log(`       ${finding}`)
}
process.exit(failed ? 1 : 0)
