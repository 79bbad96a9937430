/** How large everything is drawn: the person's choice, or what WeChat itself is set to. */
import { computed, ref } from 'vue'
import { platform } from './platform'

export type FontMode = 'follow' | 'normal' | 'large'

const KEY = 'font-mode'
export const LARGE_SCALE = 1.35
/** WeChat's care mode starts at about this size in px; its standard is 17. */
const CARE_FONT_PX = 22

const mode = ref<FontMode>(platform.storage.get<FontMode>(KEY) ?? 'follow')
const systemSize = ref(platform.systemFontSize())

export const fontMode = computed(() => mode.value)
export const isLarge = computed(() => mode.value === 'large' || (mode.value === 'follow' && systemSize.value >= CARE_FONT_PX))

/** Custom properties for the root of a page; every size in `tokens.css` hangs on them. */
export const scaleStyle = computed(() =>
  isLarge.value ? `--scale:${LARGE_SCALE};--tab-scale:1.2` : '--scale:1;--tab-scale:1',
)

export function chooseFontMode(chosen: FontMode): void {
  mode.value = chosen
  platform.storage.set(KEY, chosen)
}

/** WeChat's setting may have changed while we were away. */
export function readSystemFontSize(): void {
  systemSize.value = platform.systemFontSize()
}
