import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FORMULAS_FILE, InvalidFormulasFileError } from '@stoa/engine/exact'
import { formulasOfModel } from '@stoa/engine/inference'
import type { ModelCard } from '@stoa/protocol'

/** Refuses formulas that are not the model's: they would commit it to being judged by something else. */
export async function checkFormulas(
  folder: string,
  { task, profile }: Pick<ModelCard, 'task' | 'profile'>,
  files: readonly string[],
): Promise<void> {
  if (!profile || !files.includes(FORMULAS_FILE)) return
  const graphs = files.filter((path) => path.endsWith('.onnx'))
  const bytes = await Promise.all(graphs.map(async (path) => [path, await readFile(join(folder, path))] as const))
  const given = await readFile(join(folder, FORMULAS_FILE))
  const expected = formulasOfModel(task, Object.fromEntries(bytes))
  if (!expected.every((byte, i) => byte === given[i]) || given.length !== expected.length)
    throw new InvalidFormulasFileError(`it is not that of ${graphs.join(', ')}`)
}
