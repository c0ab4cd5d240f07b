import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

// Tables that are given up keep their name, and the next ones get another: a process that still has the old ones open harms nobody, and a
// database of which this program may not drop anything is no obstacle.

/** Which of its tables an index folder is at. */
export async function generationOf(folder: string): Promise<number> {
  const text = await readFile(file(folder), 'utf8').catch(() => '0')
  return Number.parseInt(text, 10) || 0
}

/** Gives up an index's tables: the next start reads the chain from its beginning. */
export async function beginAnew(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(file(folder), `${(await generationOf(folder)) + 1}\n`)
}

const file = (folder: string) => join(folder, 'generation')
