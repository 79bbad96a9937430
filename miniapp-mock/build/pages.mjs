/**
 * Joins `src/pages.base.json` and every `src/features/<name>/feature.json` into `src/pages.json`,
 * `src/addresses.json` and `src/entrances.json`, and lists the components for the type check, so that two people who add
 * something never touch the same file.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = join(dirname(fileURLToPath(import.meta.url)), '..', 'src')
const places = ['home', 'people', 'referrals', 'messages', 'me']

/** Reads one JSON file; a mistake in it is told with the file's name. */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`${file}: ${error.message}`)
  }
}

function readFeature(name) {
  const feature = read(join(source, 'features', name, 'feature.json'))
  for (const page of feature.pages) {
    if (!existsSync(join(source, 'features', name, `${page.path}.vue`))) {
      throw new Error(`features/${name}/feature.json: 没有页面文件 ${page.path}.vue`)
    }
  }
  const entrances = (feature.entrances ?? []).map((entrance) => {
    if (!places.includes(entrance.place) || !['resident', 'staff'].includes(entrance.who)) {
      throw new Error(`features/${name}/feature.json: entrance needs place (${places.join(' ')}) and who (resident staff)`)
    }
    return { order: 100, sub: '', roles: [], ...entrance, url: `/features/${name}/${entrance.path}` }
  })
  return { root: `features/${name}`, pages: feature.pages, entrances }
}

/** Types of the components that templates may use without an import. */
function componentTypes() {
  const names = readdirSync(join(source, 'components'))
    .filter((name) => /^ld-[\w-]+\.vue$/.test(name))
    .sort()
  const lines = names.map((name) => {
    const type = name.slice(0, -4).replace(/(^|-)(\w)/g, (_all, _dash, letter) => letter.toUpperCase())
    return `    ${type}: (typeof import('./${name}'))['default']`
  })
  return `export {}\n\ndeclare module 'vue' {\n  export interface GlobalComponents {\n${lines.join('\n')}\n  }\n}\n`
}

const asJson = (value) => `${JSON.stringify(value, null, 2)}\n`

function writeWhenChanged(file, text) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
}

const names = readdirSync(join(source, 'features'))
  .filter((name) => existsSync(join(source, 'features', name, 'feature.json')))
  .sort()
const features = names.map(readFeature)
const pages = read(join(source, 'pages.base.json'))
pages.subPackages = features.map(({ root, pages: own }) => ({ root, pages: own }))
const entrances = features.flatMap((feature) => feature.entrances).sort((a, b) => a.order - b.order)
writeWhenChanged(join(source, 'pages.json'), asJson(pages))
writeWhenChanged(join(source, 'entrances.json'), asJson(entrances))
const addresses = [{ root: '', pages: pages.pages }, ...pages.subPackages].flatMap(({ root, pages: own }) =>
  own.map(({ path }) => [root, path].filter(Boolean).join('/')),
)
writeWhenChanged(join(source, 'addresses.json'), asJson(addresses))
writeWhenChanged(join(source, 'components', 'global.d.ts'), componentTypes())
