import common from './common'

// Only what every app says; each app adds its own file with `addWords`.
export default { ...common }
