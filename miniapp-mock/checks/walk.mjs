/** Files of a built package. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** Every file below a folder, with `/` between its parts. */
export function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join('/'))
    .sort()
}

export const sizeOf = (folder, file) => statSync(join(folder, file)).size
export const textOf = (folder, file) => readFileSync(join(folder, file), 'utf8')
export const jsonOf = (folder, file) => JSON.parse(textOf(folder, file))
