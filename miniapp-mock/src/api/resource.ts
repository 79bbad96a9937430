/** Content of one address: the old stays on the screen while the new is fetched. */
import { onShow } from '@dcloudio/uni-app'
import { computed, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { useHints } from '../live'
import { useSession } from '../session/store'
import { whenOpen } from '../session/gate'
import { api } from './index'
import { Problem, problemOfKind } from './problem'

export interface Resource<T> {
  /** The newest content there is, or null before the first answer. */
  data: Ref<T | null>
  /** True only when there is nothing to show yet: then, and only then, draw a skeleton. */
  loading: ComputedRef<boolean>
  refreshing: Ref<boolean>
  /** Why the last try failed; the old content stays beside it. */
  problem: Ref<Problem | null>
  refresh(): Promise<void>
  /** Puts in what a deed answered, without asking again. */
  put(value: T): void
}

const kept = new Map<string, unknown>()
const KEPT_AT_MOST = 60
const JUST_BORN_MS = 1000

function keep(key: string, value: unknown): void {
  kept.delete(key)
  kept.set(key, value)
  if (kept.size > KEPT_AT_MOST) kept.delete(kept.keys().next().value as string)
}

export interface ResourceOptions {
  /** Kinds of live hints after which to fetch again: `['referral', 'booking']`. */
  hints?: string[]
  /** Fetch again each time the page comes to the front. On by default. */
  onShow?: boolean
}

/** Follows `path()`; null means there is nothing to fetch. Begins when the person is known. */
export function useResource<T>(path: () => string | null, options: ResourceOptions = {}): Resource<T> {
  const session = useSession()
  const data = shallowRef<T | null>(null)
  const refreshing = ref(false)
  const problem = shallowRef<Problem | null>(null)
  const address = computed(() => path())
  const cacheKey = computed(() => (address.value === null ? null : `${session.subjectKey} ${address.value}`))
  /** The newest call wins: while the door is shut many may gather. */
  let order = 0

  function put(value: T): void {
    data.value = value
    if (cacheKey.value) keep(cacheKey.value, value)
  }

  async function refresh(): Promise<void> {
    const asked = (order += 1)
    await whenOpen()
    if (asked !== order) return
    const [where, key] = [address.value, cacheKey.value]
    if (where === null || key === null) return
    refreshing.value = true
    try {
      const value = await api.get<T>(where)
      keep(key, value)
      if (asked !== order) return
      data.value = value
      problem.value = null
    } catch (error) {
      if (asked === order) problem.value = error instanceof Problem ? error : problemOfKind('broken')
    } finally {
      if (asked === order) refreshing.value = false
    }
  }

  watch(
    cacheKey,
    (key) => {
      data.value = key === null ? null : ((kept.get(key) as T | undefined) ?? null)
      problem.value = null
      void refresh()
    },
    { immediate: true },
  )
  const born = Date.now()
  if (options.onShow !== false) {
    // The first show belongs to the first fetch; whether a component hears it depends on the platform.
    onShow(() => {
      if (Date.now() - born > JUST_BORN_MS) void refresh()
    })
  }
  for (const kind of options.hints ?? []) useHints(kind, () => void refresh())

  const loading = computed(() => data.value === null && problem.value === null && address.value !== null)
  return { data, loading, refreshing, problem, refresh, put }
}
