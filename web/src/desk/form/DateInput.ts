import { defineAsyncComponent } from 'vue'

/** The calendar of the component library, which weighs as much as all else of a form: it comes when a date is asked for. */
export default defineAsyncComponent(() => import('./calendar'))
