/** The server's domain time. It may be turned forward outside production, so the phone's own clock only counts on. */
import { onUnmounted, ref, type Ref } from 'vue'

/** How far the server's time is ahead of the phone's, in milliseconds. */
let ahead = 0
const now = ref(Date.now())
let watchers = 0
let timer: ReturnType<typeof setInterval> | undefined

const BEAT_MS = 10_000

/** Takes the instant that came with an answer (`X-Liandong-Now`). */
export function learnNow(instant: string): void {
  const server = Date.parse(instant)
  if (Number.isNaN(server)) return
  ahead = server - Date.now()
  now.value = server
}

/** Domain time now, milliseconds since the epoch. */
export function domainNow(): number {
  return Date.now() + ahead
}

/** Domain time that moves on while the component is on the screen. */
export function useNow(): Ref<number> {
  now.value = domainNow()
  watchers += 1
  timer ??= setInterval(() => (now.value = domainNow()), BEAT_MS)
  onUnmounted(() => {
    watchers -= 1
    if (watchers === 0 && timer !== undefined) {
      clearInterval(timer)
      timer = undefined
    }
  })
  return now
}
