/** What somebody has typed, once they paused: so that not every letter asks the server. */
import { ref, watch, type Ref } from 'vue'

const PAUSE_MS = 300

export function useSettled(typed: Ref<string>): Ref<string> {
  const settled = ref(typed.value.trim())
  let pause: ReturnType<typeof setTimeout> | undefined
  watch(typed, (words) => {
    clearTimeout(pause)
    pause = setTimeout(() => (settled.value = words.trim()), PAUSE_MS)
  })
  return settled
}
