import {
  BookOpen, Building2, CalendarClock, CalendarSync, ChartColumn, ClipboardList, FileUp, Gauge, Headset, ListTodo, Megaphone, NotebookPen, PhoneOutgoing, Settings2, Split, Users,
} from '@lucide/vue'
import type { Component } from 'vue'
import type { Right } from '@/shared/api'

export interface NavItem { name: string; title: string; icon: Component; right?: Right }
/** The menu, in groups by how often a clerk needs them. */
export const NAV: { title: string; items: NavItem[] }[] = [
  {
    title: 'nav.groupDaily',
    items: [
      { name: 'desk', title: 'nav.desk', icon: Headset, right: 'desk' },
      { name: 'work', title: 'nav.work', icon: ListTodo },
      { name: 'cases', title: 'nav.cases', icon: ClipboardList },
      { name: 'dispatch', title: 'nav.dispatch', icon: Split },
      { name: 'follow-ups', title: 'nav.followUps', icon: PhoneOutgoing },
    ],
  },
  {
    title: 'nav.groupRecords',
    items: [
      { name: 'contacts', title: 'nav.contacts', icon: NotebookPen, right: 'desk' },
      { name: 'events', title: 'nav.events', icon: Megaphone, right: 'desk' },
      { name: 'estate', title: 'nav.estate', icon: Building2 },
      { name: 'staff', title: 'nav.staff', icon: Users, right: 'people' },
      { name: 'duty', title: 'nav.duty', icon: CalendarClock },
      { name: 'import', title: 'nav.import', icon: FileUp, right: 'exchange' },
    ],
  },
  {
    title: 'nav.groupManual',
    items: [
      { name: 'clauses', title: 'nav.clauses', icon: Gauge, right: 'measure' },
      { name: 'recurrences', title: 'nav.recurrences', icon: CalendarSync, right: 'measure' },
      { name: 'reports', title: 'nav.reports', icon: ChartColumn },
      { name: 'manual', title: 'nav.manual', icon: BookOpen },
      { name: 'system', title: 'system.title', icon: Settings2, right: 'exchange' },
    ],
  },
]
