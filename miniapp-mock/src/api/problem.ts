/** A refusal or a failure as one type, from whatever the server or the network gave. */

/** Where a rule stands: a clause of this county's paper, a national rule, or the county's own setting. */
export interface RuleSource {
  id: string
  kind: 'clause' | 'national' | 'setting'
  title: string
  document: string | null
  section: string | null
  sample: boolean
}

/** One broken rule: what it says and what to do instead. */
export interface Violation {
  rule: string
  text: string
  source: RuleSource | null
  instead: string | null
  /** Which part of what was sent is meant, `/body/phone`; null when it is not about one field. */
  pointer: string | null
}

/**
 * refused: the server says no, with reasons. unknown: no answer came, perhaps it was done. offline: it never left.
 * broken: the server failed. stale: somebody else changed it first.
 */
export type ProblemKind = 'refused' | 'stale' | 'unknown' | 'offline' | 'broken' | 'signed-out'

export class Problem extends Error {
  readonly kind: ProblemKind
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly violations: Violation[]
  readonly requestId: string

  constructor(parts: Partial<Omit<Problem, 'name' | 'message' | 'stack'>> & { kind: ProblemKind; title: string }) {
    super(parts.title)
    this.name = 'Problem'
    this.kind = parts.kind
    this.status = parts.status ?? 0
    this.code = parts.code ?? parts.kind
    this.title = parts.title
    this.detail = parts.detail ?? ''
    this.violations = parts.violations ?? []
    this.requestId = parts.requestId ?? ''
  }

  /** The first complaint about one field of what was sent, by the end of its pointer. */
  about(field: string): string {
    return this.violations.find(({ pointer }) => pointer?.endsWith(`/${field}`))?.text ?? ''
  }

  /** True when trying the same again may help and does no harm. */
  get worthRetrying(): boolean {
    return this.kind === 'unknown' || this.kind === 'offline' || this.kind === 'broken'
  }
}

/** Refusals that only say: somebody is at it this very moment. The same deed may be asked for again. */
const BUSY_CODES = ['still_running', 'busy']

function kindOf(status: number, code: string): ProblemKind {
  if (status === 409 && BUSY_CODES.includes(code)) return 'broken'
  if (status === 401) return 'signed-out'
  if (status === 412 || status === 428) return 'stale'
  if (status >= 500 || status === 429) return 'broken'
  return 'refused'
}

const TITLES: Record<ProblemKind, string> = {
  refused: '这一步现在办不了',
  stale: '刚才有别人改过了',
  unknown: '没等到回音',
  offline: '手机没有信号',
  broken: '服务器这会儿没答上来',
  'signed-out': '需要重新登录',
}

const DETAILS: Record<ProblemKind, string> = {
  refused: '请问村医或卫生院。',
  stale: '请看一眼新的内容，再办一次。',
  unknown: '可能已经办好了。再按一次不会重复办。',
  offline: '有信号后再按一次，填的内容还在。',
  broken: '过一会儿再按一次，不会重复办。急事请直接打电话给医生。',
  'signed-out': '请回到首页重新登录，填的内容不会丢。',
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const orNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** The server's own order of steps: no paper stands behind it, so none is shown. */
const HOUSE = 'house'

function readSource(value: unknown): RuleSource | null {
  if (typeof value !== 'object' || value === null) return null
  const raw = value as Record<string, unknown>
  if (raw.id === HOUSE) return null
  const kind = raw.kind
  if (kind !== 'clause' && kind !== 'national' && kind !== 'setting') return null
  return {
    id: text(raw.id),
    kind,
    title: text(raw.title),
    document: orNull(raw.document),
    section: orNull(raw.section),
    sample: raw.sample === true,
  }
}

function readViolation(value: unknown): Violation[] {
  if (typeof value !== 'object' || value === null) return []
  const raw = value as Record<string, unknown>
  if (text(raw.text) === '') return []
  return [
    {
      rule: text(raw.rule),
      text: text(raw.text),
      source: readSource(raw.source),
      instead: orNull(raw.instead),
      pointer: orNull(raw.pointer),
    },
  ]
}

/** The first sentence is what cannot be done; the rest says why and what to do. */
function sentences(words: string): [string, string] {
  const [, first, rest] = /^([^。]+)。?(.*)$/s.exec(words) ?? ['', words, words]
  return [first, rest]
}

/** Reads a refusal of the server; a body that is no problem document still gives a usable one. */
export function problemFromAnswer(status: number, body: unknown): Problem {
  const raw = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const kind = kindOf(status, text(raw.code))
  const [title, rest] = sentences(text(raw.title) || TITLES[kind])
  const told = text(raw.detail)
  return new Problem({
    kind,
    status,
    code: text(raw.code) || `http-${status}`,
    title,
    detail: told && told !== text(raw.title) ? told : rest || (text(raw.title) ? '' : DETAILS[kind]),
    violations: Array.isArray(raw.violations) ? raw.violations.flatMap(readViolation) : [],
    requestId: text(raw.request_id),
  })
}

export function problemOfKind(kind: ProblemKind, code?: string): Problem {
  return new Problem({ kind, code, title: TITLES[kind], detail: DETAILS[kind] })
}

/** The words for a source, as they stand small under a refusal. */
export function sourceText(source: RuleSource): string {
  const sample = source.sample ? '（样例）' : ''
  if (source.kind === 'setting') return `本县设置${sample}：${source.title}`
  const where = [source.document ? `《${source.document}》` : '', source.section ?? ''].join('')
  const head = source.kind === 'national' ? '国家规定' : '本县文件'
  return `${head}${sample}：${where || source.title}`
}
