import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FORMULAS_FILE, NoFormulasError } from '@stoa/engine/exact'
import { formulasOfModel, type Task } from '@stoa/engine/inference'
import type { Printer } from '../output/printer.ts'

/** Writes the `formulas.bin` of `model.onnx` into a folder, so that a contract can judge the model, and returns its name; nothing where the graph has no formulas, and says why. */
export async function writeFormulas(
  printer: Printer,
  { out, task, model }: { out: string; task: Task; model: Uint8Array },
): Promise<string[]> {
  return printer.step(
    'judge',
    async () => {
      try {
        await writeFile(join(out, FORMULAS_FILE), formulasOfModel(task, { 'model.onnx': model }))
        return [FORMULAS_FILE]
      } catch (error) {
        if (!(error instanceof NoFormulasError)) throw error
        // One of an earlier run would be of another model.
        await rm(join(out, FORMULAS_FILE), { force: true })
        printer.say(`${error.shortMessage} No contract can judge it; it can be sold as attested.`)
        return []
      }
    },
    ({ length }) => (length > 0 ? 'a contract can compute every element' : 'no contract can'),
  )
}
