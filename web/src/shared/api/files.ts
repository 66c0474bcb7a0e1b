import { API, headersFor } from './client'
import { Problem } from './problem'
import type { ImportReport, FileView } from './types'

export const MAX_BYTES = 10 * 1024 * 1024
const LONGEST_SIDE = 2048

/** Makes a phone's photo of `heavy` bytes or more small enough for a slow line; anything else passes through unchanged. */
export async function shrink(file: File, longest = LONGEST_SIDE, heavy = 1.5 * 1024 * 1024): Promise<File> {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < heavy) return file
  const bitmap = await createImageBitmap(file)
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(bitmap.width * scale)
  canvas.height = Math.round(bitmap.height * scale)
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.85))
  return blob ? new File([blob], file.name.replace(/\.\w+$/, '.jpg'), { type: 'image/jpeg' }) : file
}

async function send(path: string, body: FormData | string, headers: Record<string, string> = {}): Promise<Response> {
  let response: Response
  try {
    response = await fetch(API + path, { method: 'POST', body, headers: { ...headersFor('POST'), ...headers }, credentials: 'same-origin' })
  } catch {
    throw Problem.offline()
  }
  if (!response.ok) throw await Problem.from(response)
  return response
}
const post = async <T>(path: string, form: FormData): Promise<T> => (await (await send(path, form)).json()) as T

/** Sends for a file and saves it under the name the server gives it. */
export async function saveFile(path: string, asked: object): Promise<void> {
  const response = await send(path, JSON.stringify(asked), { 'Content-Type': 'application/json' })
  const named = /filename\*=UTF-8''([^;]+)/i.exec(response.headers.get('Content-Disposition') ?? '')
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await response.blob())
  link.download = named ? decodeURIComponent(named[1]) : ''
  link.click()
  // Some browsers read the file only after the click has been answered.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** Stores a photo or paper; `path` differs on the owner's page. */
export async function upload(file: File, path: '/files' | '/owner/files' = '/files', caseId?: string): Promise<FileView> {
  const form = new FormData()
  form.append('file', await shrink(file))
  if (caseId) form.append('case', caseId)
  return post<FileView>(path, form)
}

/** Reads a spreadsheet; with `dryRun` nothing is written. */
export async function importSheet(what: string, file: File, dryRun: boolean): Promise<ImportReport> {
  const form = new FormData()
  form.append('file', file)
  return post<ImportReport>(`/imports/${what}?dry_run=${dryRun}`, form)
}

export const fileUrl = (id: string): string => `${API}/files/${id}`
export const thumbUrl = (id: string): string => `${API}/files/${id}/thumb`
