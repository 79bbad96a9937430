/** Whether the phone has a signal, as far as the phone knows. */
import { ref } from 'vue'
import { platform } from '../platform'

export const online = ref(true)
const listeners: Array<() => void> = []

/** Starts to watch; called once, when the app starts. */
export function watchNetwork(): void {
  void platform.isOnline().then((is) => (online.value = is))
  platform.onNetworkChange((is) => {
    const back = is && !online.value
    online.value = is
    if (back) listeners.forEach((tell) => tell())
  })
}

/** Calls `act` each time the signal comes back. */
export function onSignalBack(act: () => void): void {
  listeners.push(act)
}
