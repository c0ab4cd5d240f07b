import { readFile } from 'node:fs/promises'
import { decodeGenerationFile, type GenerationFile, type Tensor, tensorOf } from '@stoa/protocol'
import { openTextCodec } from '../../codec/index.ts'
import { type OpenedExact, openExact } from '../../exact/openExact.ts'
import { createGenerator, type Generator } from '../../llama/generate/createGenerator.ts'
import { type DecoderShape, decoderShape } from '../../llama/generate/decoderShape.ts'
import { InvalidModelError } from '../errors.ts'
import type { Model, RunOptions } from '../model.ts'
import { modelFrom } from '../modelFrom.ts'
import { checkJudged } from './checkJudged.ts'
import { readGeneration } from './readGeneration.ts'

export type OpenGenerationParameters = {
  /**
   * `model.onnx`, `generation.bin` and `tokenizer.json`, and `formulas.bin` where a contract judges the answers → absolute path; `quantizeLlama` makes the first two.
   */
  files: Readonly<Record<string, string>>
  /** Threads for one operation; by default the runtime's choice. */
  threads?: number
}

type Parts = { facts: GenerationFile; generate: Generator }

/**
 * Opens a generating model of the exact profile (specs/generation.md), tokens in and tokens out. Throws `InvalidModelError` when the files are not such a
 * model, or buyers could not use its tokenizer.
 */
export async function openGeneration({ files, threads }: OpenGenerationParameters): Promise<Model> {
  const { 'model.onnx': modelPath, 'generation.bin': factsPath, 'tokenizer.json': tokenizerPath } = files
  const { 'formulas.bin': formulasPath } = files
  if (!modelPath || !factsPath || !tokenizerPath)
    throw refused('"model.onnx", "generation.bin" and "tokenizer.json" are needed')
  const facts = factsOf(await read(factsPath, 'generation.bin'))
  // The model itself needs no tokenizer; whoever buys from it does.
  await openTextCodec({ file: 'tokenizer.json', path: tokenizerPath, vocabulary: facts.vocabulary }).catch((cause) => {
    throw refused('tokenizer.json can not be used', cause)
  })
  const bytes = await read(modelPath, 'model.onnx')
  const opened = await openExact({ bytes, ...(threads === undefined ? {} : { threads }) }).catch((cause) => {
    throw refused('model.onnx can not be loaded', cause)
  })
  try {
    const parts = { facts, generate: generatorOf(opened, facts) }
    if (formulasPath) await checkJudged(opened, shapeOf(opened), formulasPath, threads)
    return modelFrom({
      task: 'generate',
      answer: (request, signal, onPiece) => answer(parts, request, signal, onPiece),
      release: () => opened.executor.close(),
    })
  } catch (error) {
    await opened.executor.close()
    throw error
  }
}

function read(path: string, name: string): Promise<Uint8Array> {
  return readFile(path).catch((cause) => {
    throw refused(`${name} can not be read`, cause)
  })
}

function factsOf(bytes: Uint8Array): GenerationFile {
  try {
    return decodeGenerationFile(bytes)
  } catch (cause) {
    throw refused('generation.bin can not be used', cause)
  }
}

function shapeOf({ graph }: OpenedExact): DecoderShape {
  const shape = decoderShape(graph.model)
  if (typeof shape === 'string') throw refused(`model.onnx is no decoder: ${shape}`)
  return shape
}

function generatorOf(opened: OpenedExact, { vocabulary, context, ends }: GenerationFile): Generator {
  const shape = shapeOf(opened)
  if (vocabulary !== shape.vocab || context !== shape.context)
    throw refused(
      `generation.bin says ${vocabulary} ids and a context of ${context}, model.onnx has ${shape.vocab} and ${shape.context}`,
    )
  return createGenerator({ executor: opened.executor, shape, ends: new Set(ends) })
}

async function answer(
  { facts, generate }: Parts,
  request: readonly Tensor[],
  signal: AbortSignal | undefined,
  onPiece: RunOptions['onPiece'],
): Promise<Tensor[]> {
  const onToken = onPiece && ((id: number) => onPiece(new Uint8Array(Uint32Array.of(id).buffer)))
  const options = { ...(signal && { signal }), ...(onToken && { onToken }) }
  const { tokens } = await generate({ ...readGeneration(request, facts), ...options })
  return [tensorOf('tokens', 'u32', [tokens.length], Uint32Array.from(tokens))]
}

const refused = (why: string, cause?: unknown): InvalidModelError => new InvalidModelError('generate', why, cause)
