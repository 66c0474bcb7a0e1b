export { NDatePicker as default } from 'naive-ui'
