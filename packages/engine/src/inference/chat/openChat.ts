import { InvalidModelError } from '../errors.ts'
import type { Model } from '../model.ts'

/** A chat whose answers come from a server has no files to open (specs/backends.md). */
export async function openChat({ files }: { files: Readonly<Record<string, string>> }): Promise<Model> {
  throw new InvalidModelError(
    'chat',
    `${Object.keys(files).join(', ') || 'no file'} can't answer by itself: give the offer an upstream`,
  )
}
