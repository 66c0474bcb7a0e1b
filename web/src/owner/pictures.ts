import { reactive } from 'vue'
import { API, headersFor } from '@/shared/api'

/** An address that leads nowhere: the page shows a paper instead of a picture. */
const NONE = 'about:invalid'
const loaded = reactive(new Map<string, string>())
const asked = new Set<string>()

/** A picture of the link's cases. The link stands in a header, which an `<img>` does not send: it is fetched. */
export function picture(id: string): string {
  if (!asked.has(id)) {
    asked.add(id)
    void load(id)
  }
  return loaded.get(id) ?? ''
}

async function load(id: string): Promise<void> {
  const answer = await fetch(`${API}/owner/files/${id}`, { headers: headersFor('GET'), credentials: 'same-origin' }).catch(() => null)
  if (!answer) asked.delete(id)
  loaded.set(id, answer?.ok ? URL.createObjectURL(await answer.blob()) : NONE)
}
