import { ref, watchEffect } from 'vue'

const KEY = 'yizhan.theme'
type Choice = 'light' | 'dark' | 'system'

const system = matchMedia('(prefers-color-scheme: dark)')
const systemDark = ref(system.matches)
system.addEventListener('change', (event) => (systemDark.value = event.matches))

export const themeChoice = ref<Choice>((localStorage.getItem(KEY) as Choice | null) ?? 'system')
export const isDark = ref(false)

watchEffect(() => {
  isDark.value = themeChoice.value === 'dark' || (themeChoice.value === 'system' && systemDark.value)
  document.documentElement.dataset.theme = isDark.value ? 'dark' : 'light'
})
/** Turns to the other of light and dark, and remembers it. */
export function toggleTheme(): void {
  themeChoice.value = isDark.value ? 'light' : 'dark'
  localStorage.setItem(KEY, themeChoice.value)
}
