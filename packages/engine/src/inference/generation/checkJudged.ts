import { readFile } from 'node:fs/promises'
import { checkFormulasFile, formulasOf, InvalidFormulasFileError, NoFormulasError } from '../../exact/formula/index.ts'
import { type OpenedExact, openExact } from '../../exact/openExact.ts'
import type { DecoderShape } from '../../llama/generate/decoderShape.ts'
import { compareSteps } from '../../llama/generate/judged/compareSteps.ts'
import { GENERATE_GRAPH, generateGraph } from '../../llama/generate/judged/generateGraph.ts'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { InvalidModelError, WrongFormulasError } from '../errors.ts'

/** Texts that are read both ways. */
const TEXTS = 3
/** Most tokens of one of them: some steps, and a part of one. */
const MOST_TOKENS = 160

/**
 * Refuses a model whose answers a contract would judge otherwise than they are made (specs/generation.md, "Stages"): of which `formulas.bin` is another's, or whose logits
 * are others when a random text is read in steps than when it is read as a whole. Throws `InvalidModelError`.
 */
export async function checkJudged(
  opened: OpenedExact,
  shape: DecoderShape,
  formulasPath: string,
  threads = 1,
): Promise<void> {
  const whole = await openExact({ bytes: writeOnnxModel(generateGraph(opened.graph.model, shape)), threads }).catch(
    (cause) => {
      throw refused('no graph of its tokens follows from it', cause)
    },
  )
  try {
    const roots = new Map([[GENERATE_GRAPH, formulasOf(whole.graph).root]])
    checkFormulasFile(await readFile(formulasPath), roots)
    const most = Math.min(shape.context, MOST_TOKENS)
    for (let i = 0; i < TEXTS; i++) {
      const text = randomText(1 + Math.floor(Math.random() * most), shape.vocab)
      const differs = await compareSteps(opened.executor, whole.executor, shape, text)
      if (differs) throw refused(`read in steps, its logits are others: ${differs}`)
    }
  } catch (cause) {
    if (cause instanceof InvalidFormulasFileError || cause instanceof NoFormulasError)
      throw new WrongFormulasError('generate', cause)
    throw cause instanceof InvalidModelError ? cause : refused('formulas.bin can not be used', cause)
  } finally {
    await whole.executor.close()
  }
}

const randomText = (length: number, vocab: number): number[] =>
  Array.from({ length }, () => Math.floor(Math.random() * vocab))

const refused = (why: string, cause?: unknown): InvalidModelError => new InvalidModelError('generate', why, cause)
