import {
  alertDark, badgeDark, buttonDark, cardDark, checkboxDark, commonDark, createTheme, datePickerDark, dialogDark, drawerDark, dropdownDark, dynamicTagsDark, emptyDark, inputDark,
  inputNumberDark, internalSelectionDark, internalSelectMenuDark, messageDark, modalDark, popconfirmDark, popoverDark, radioDark, scrollbarDark, selectDark, spinDark, switchDark,
  tabsDark, tagDark, timePickerDark, type GlobalTheme, type GlobalThemeOverrides,
} from 'naive-ui'
import { computed } from 'vue'
import { isDark } from '@/shared/theme'

const shared = {
  fontFamily:
    "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'WenQuanYi Micro Hei', system-ui, sans-serif",
  fontSize: '14px',
  fontSizeSmall: '13px',
  borderRadius: '6px',
  borderRadiusSmall: '5px',
}
// The values of tokens.css: Naive UI computes shades from them, so it needs real colours, not variables.
const light: GlobalThemeOverrides = {
  Checkbox: { borderRadius: '3px' },
  common: {
    ...shared, primaryColor: '#0b6e63', primaryColorHover: '#0d8477', primaryColorPressed: '#07564d', primaryColorSuppl: '#0d8477',
    errorColor: '#b3261e', errorColorHover: '#c8372f', errorColorPressed: '#8f1c16', warningColor: '#9a5b00', warningColorHover: '#b06c08',
    warningColorPressed: '#7d4a00', successColor: '#3f6b5e', successColorHover: '#4d7d6e', successColorPressed: '#325649', successColorSuppl: '#4d7d6e', textColorBase: '#1c2624', borderColor: '#d5dcda', dividerColor: '#e1e6e5', placeholderColor: '#8b9894',
  },
}
const dark: GlobalThemeOverrides = {
  Checkbox: { borderRadius: '3px' },
  common: {
    ...shared, primaryColor: '#45b8a6', primaryColorHover: '#6fd0c1', primaryColorPressed: '#339686', primaryColorSuppl: '#45b8a6',
    successColor: '#86bfab', successColorHover: '#9accba', successColorPressed: '#6ca893', successColorSuppl: '#86bfab', bodyColor: '#111716', cardColor: '#181f1e', modalColor: '#1d2524', popoverColor: '#232d2b', tableColor: '#181f1e', inputColor: '#1f2826',
    borderColor: '#33403d', dividerColor: '#2a3432',
  },
}

// The parts in use, not `darkTheme`, which brings the styles of all ninety. A part that is used anew belongs here.
const darkTheme: GlobalTheme = { common: commonDark, ...createTheme('dark', [
  alertDark, badgeDark, buttonDark, cardDark, checkboxDark, datePickerDark, dialogDark, drawerDark, dropdownDark, dynamicTagsDark, emptyDark, inputDark, inputNumberDark,
  internalSelectionDark, internalSelectMenuDark, messageDark, modalDark, popconfirmDark, popoverDark, radioDark, scrollbarDark, selectDark, spinDark, switchDark, tabsDark, tagDark,
  timePickerDark,
]) }

export const naiveTheme = computed(() => (isDark.value ? darkTheme : null))
export const naiveOverrides = computed(() => (isDark.value ? dark : light))
