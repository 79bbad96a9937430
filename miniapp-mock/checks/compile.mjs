/** WeChat's own template and style compilers over every file of the package. Linux x86-64 only. */
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filesBelow, jsonOf } from './walk.mjs'

const LARGEST_OUTPUT = 64 * 1024 * 1024
const tools = join(import.meta.dirname, '..', 'node_modules', 'miniprogram-compiler', 'bin', 'linux')

function compile(tool, folder, args, work) {
  const program = join(work, tool)
  copyFileSync(join(tools, tool), program)
  // The package ships them without the execute bit.
  chmodSync(program, 0o755)
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder, maxBuffer: LARGEST_OUTPUT })
  if (error) return [`${tool}: ${error.message}`]
  if (status !== 0) return [`${tool} (${status}): ${String(stderr).trim() || String(stdout).slice(0, 400)}`]
  return stdout.length === 0 ? [`${tool} gave nothing back`] : []
}

export function compileTemplatesAndStyles(folder) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return [`note: wcc and wcsc run on Linux x86-64 only; not run on ${process.platform} ${process.arch}`]
  }
  const files = filesBelow(folder)
  const templates = files.filter((name) => /\.(wxml|wxs)$/.test(name))
  const styles = files.filter((name) => name.endsWith('.wxss'))
  const components = templates.flatMap((name) => {
    const json = name.replace(/\.wxml$/, '.json')
    const used = files.includes(json) ? Object.keys(jsonOf(folder, json).usingComponents ?? {}) : []
    return used.length ? [[name, used.length, ...used].join(' ')] : []
  })
  const work = mkdtempSync(join(tmpdir(), 'liandong-wcc-'))
  try {
    return [
      ...compile('wcc', folder, ['-d', '-cc', [components.length, ...components].join(' '), ...templates, '-gn', '$gwx'], work),
      ...compile('wcsc', folder, ['-lc', ...styles], work),
      `note: ${templates.length} templates, ${styles.length} style sheets`,
    ]
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
