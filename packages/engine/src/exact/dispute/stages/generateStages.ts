import { readFile } from 'node:fs/promises'
import {
  bytesToHex,
  decodeGenerationFile,
  fileDigest,
  GENERATION_FILE,
  type GenerationFile,
  type Hex,
  type Tensor,
  tensorDigest,
  tensorOf,
} from '@stoa/protocol'
import { InvalidModelError } from '../../../inference/errors.ts'
import { type GenerationRequest, readGeneration } from '../../../inference/generation/readGeneration.ts'
import { drawn } from '../../../llama/generate/chooseToken.ts'
import { createGenerator } from '../../../llama/generate/createGenerator.ts'
import { type DecoderShape, decoderShape } from '../../../llama/generate/decoderShape.ts'
import { GREATEST_SETTING } from '../../../llama/generate/judged/choosing.ts'
import { GENERATE_GRAPH, generateGraph } from '../../../llama/generate/judged/generateGraph.ts'
import type { OnnxModel } from '../../../onnx/model.ts'
import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { committed } from '../../evidence/index.ts'
import { type OpenedExact, openExact } from '../../openExact.ts'
import { loadExactGraph } from '../../profile/index.ts'
import type { JudgedAnswer } from '../player/player.ts'
import type { AnswerStages, ClaimedStage, Fault, GenerateOpening, StageOpening } from './answerStages.ts'

/** Stages of an answer of the task `generate` (specs/generation.md, "Stages"): one a token. Throws `InvalidModelError`, `InvalidRequestError`. */
export async function generateStages(answer: JudgedAnswer): Promise<AnswerStages> {
  const { files, bundle, request, response, threads } = answer
  const generation = await readFile(pathOf(files, GENERATION_FILE))
  const facts = decodeGenerationFile(generation)
  const asked = readGeneration(request, facts)
  const tokens = tokensOf(response)
  const [ids, settings, seed] = request
  if (!ids || !settings || !seed) throw new TypeError('the request was read, and has no tensors')

  const sorted = [...bundle].sort((a, b) => (a.path < b.path ? -1 : 1))
  const shown: Omit<GenerateOpening, 'text'> = {
    ...{ prompt: BigInt(asked.prompt.length), settings: bytesToHex(settings.data), seed: bytesToHex(seed.data) },
    ...{ files: sorted.map((file) => bytesToHex(fileDigest(file))), generation: bytesToHex(generation) },
    place: BigInt(sorted.findIndex(({ path }) => path === GENERATION_FILE)),
  }
  const whole = (answered: Uint8Array): GenerateOpening => ({ ...shown, text: textOf(ids.data, answered) })
  const malformed = (): StageOpening => {
    const [first, ...others] = response
    const asItIs = tokens && first ? { answer: whole(first.data), response: [] } : undefined
    const opening = asItIs ?? { answer: whole(new Uint8Array()), response: response.map(digestOf) }
    const single = asItIs || others.length > 0 || !first ? undefined : committed(first)
    const header = single ? bytesToHex(single.header) : '0x'
    return {
      ...{ of: 'generate', shows: 'malformed' },
      opening: { ...opening, header, dataRoot: single ? bytesToHex(single.tree.root) : NO_ROOT },
    }
  }

  return {
    path: GENERATE_GRAPH,
    count: tokens?.length ?? 0,
    openGraph: () => openDerived(files, threads),
    async findFault(): Promise<Fault | undefined> {
      if (!tokens || isMalformed(tokens, asked, facts)) return { fault: 'malformed', opening: malformed() }
      const own = await generateAgain(answer, asked, facts)
      const place = tokens.findIndex((token, i) => token !== own[i])
      return place < 0 ? undefined : { fault: 'stage', place }
    },
    claimed(place) {
      const token = tokens?.[place]
      if (!tokens || token === undefined) throw new RangeError(`the answer has no token ${place}`)
      return claimedToken(asked, tokens, place)
    },
    opening: () => ({ of: 'generate', shows: 'stage', opening: whole(response[0]?.data ?? new Uint8Array()) }),
  }
}

const NO_ROOT: Hex = `0x${'00'.repeat(32)}`
const digestOf = (tensor: Tensor): Hex => bytesToHex(tensorDigest(tensor))
const textOf = (ids: Uint8Array, tokens: Uint8Array): Hex => bytesToHex(Uint8Array.of(...ids, ...tokens))

/** The response's tokens; undefined where it is another list of tensors than the task's. */
function tokensOf([tensor, ...others]: readonly Tensor[]): readonly number[] | undefined {
  if (tensor?.name !== 'tokens' || tensor.dtype !== 'u32' || tensor.dims.length !== 1 || others.length > 0)
    return undefined
  const view = new DataView(tensor.data.buffer, tensor.data.byteOffset, tensor.data.length)
  return Array.from({ length: tensor.data.length / 4 }, (_, i) => view.getUint32(4 * i, true))
}

/** Whether the tokens are none that may answer the request, whatever the model says (specs/generation.md). */
function isMalformed(tokens: readonly number[], { limit }: GenerationRequest, { vocabulary, ends }: GenerationFile) {
  const isEnd = (token: number | undefined) => token !== undefined && ends.includes(token)
  return (
    tokens.length === 0 ||
    tokens.length > limit ||
    tokens.some((token) => token >= vocabulary) ||
    tokens.slice(0, -1).some(isEnd) ||
    (tokens.length < limit && !isEnd(tokens.at(-1)))
  )
}

function claimedToken(
  { prompt, limit, choice }: GenerationRequest,
  tokens: readonly number[],
  place: number,
): ClaimedStage {
  const text = Int32Array.from([...prompt, ...tokens.slice(0, place)])
  const { temperature, topK, topP, seed } = choice
  const settings = Int32Array.of(limit, temperature, Math.min(topK, GREATEST_SETTING), topP)
  const draw = drawn(seed, place)
  return {
    inputs: new Map([
      ['tokens', { type: 'i32', dims: [1, text.length], data: text }],
      ['settings', { type: 'i32', dims: [4], data: settings }],
      ['draw', { type: 'u8', dims: [8], data: draw }],
    ]),
    request: [
      tensorOf('tokens', 'i32', [1, text.length], text),
      tensorOf('settings', 'i32', [4], settings),
      tensorOf('draw', 'u8', [8], draw),
    ],
    response: [tensorOf('token', 'i32', [1], Int32Array.of(tokens[place] ?? 0))],
  }
}

async function generateAgain(
  { files, threads }: JudgedAnswer,
  asked: GenerationRequest,
  { ends }: GenerationFile,
): Promise<readonly number[]> {
  const bytes = await readFile(pathOf(files, 'model.onnx'))
  const { graph, executor } = await openExact({ bytes, ...(threads === undefined ? {} : { threads }) })
  try {
    const generate = createGenerator({ executor, shape: shapeOf(graph.model), ends: new Set(ends) })
    return (await generate(asked)).tokens
  } finally {
    await executor.close()
  }
}

/** Opens the graph that follows from the decoder. */
async function openDerived(files: JudgedAnswer['files'], threads: number | undefined): Promise<OpenedExact> {
  const { model } = loadExactGraph(await readFile(pathOf(files, 'model.onnx')))
  const bytes = writeOnnxModel(generateGraph(model, shapeOf(model)))
  return openExact({ bytes, ...(threads === undefined ? {} : { threads }) })
}

function shapeOf(model: OnnxModel): DecoderShape {
  const shape = decoderShape(model)
  if (typeof shape === 'string') throw new InvalidModelError('generate', `model.onnx is no decoder: ${shape}`)
  return shape
}

function pathOf(files: JudgedAnswer['files'], name: string): string {
  const path = files[name]
  if (!path) throw new InvalidModelError('generate', `"${name}" is needed to play a dispute`)
  return path
}
