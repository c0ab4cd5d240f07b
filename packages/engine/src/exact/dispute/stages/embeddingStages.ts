import { readFile } from 'node:fs/promises'
import { bytesToHex, type Hex, LEAF_BYTES, type Tensor, tensorDigest, tensorOf } from '@stoa/protocol'
import { InvalidModelError, InvalidRequestError } from '../../../inference/errors.ts'
import { type CommittedData, committed } from '../../evidence/index.ts'
import { type OpenedExact, openExact } from '../../openExact.ts'
import type { LeafProof } from '../game.ts'
import type { JudgedAnswer } from '../player/player.ts'
import type { AnswerStages, ClaimedStage, EmbeddingRequest, Fault, StageOpening } from './answerStages.ts'

const GRAPH_FILE = 'model.onnx'
const COLUMNS = 512
const ROW_BYTES = 4 * COLUMNS
/** Levels of the tree over a row's leaves. */
const ROW_LEVELS = Math.log2(ROW_BYTES / LEAF_BYTES)
const NUMBERS_A_LEAF = LEAF_BYTES / 4

/** Stages of an answer of the task `embedding` in its exact form (specs/tasks.md): one a text. Throws `InvalidModelError`, `InvalidRequestError`. */
export async function embeddingStages({ files, request, response, threads }: JudgedAnswer): Promise<AnswerStages> {
  const [ids, offsets] = request
  if (!ids || !offsets || request.map(({ name }) => name).join() !== 'ids,offsets')
    throw new InvalidRequestError('embedding', 'a judged request is the tensors ids and offsets')
  const [allIds, starts] = [numbersOf(ids), numbersOf(offsets)]
  const texts = starts.length - 1
  const [idsData, offsetsData] = [committed(ids), committed(offsets)]
  const asked: EmbeddingRequest = {
    ...{ ids: BigInt(allIds.length), idsRoot: bytesToHex(idsData.tree.root) },
    ...{ texts: BigInt(texts), offsetsRoot: bytesToHex(offsetsData.tree.root) },
  }
  const [rows] = response
  const isFormed = response.length === 1 && rows !== undefined && isRows(rows, texts)
  const data = rows && isFormed ? committed(rows) : undefined
  const idsOf = (place: number) => allIds.slice(starts[place], starts[place + 1])

  return {
    path: GRAPH_FILE,
    count: texts,
    openGraph: () => open(files, threads),
    async findFault(): Promise<Fault | undefined> {
      if (!rows || !isFormed) return { fault: 'malformed', opening: malformed(asked, response) }
      const opened = await open(files, threads)
      try {
        for (let place = 0; place < texts; place++)
          if (!sameBytes(await ownRow(opened, idsOf(place)), rowBytes(rows, place))) return { fault: 'stage', place }
        return undefined
      } finally {
        await opened.executor.close()
      }
    },
    claimed(place) {
      if (!rows || !(place < texts)) throw new RangeError(`the answer has no row ${place}`)
      return claimedRow(idsOf(place), rowBytes(rows, place))
    },
    opening(place) {
      const [from = 0, to = 0] = starts.slice(place, place + 2)
      if (!data) throw new RangeError('the answer has no rows')
      return {
        ...{ of: 'embedding', shows: 'stage' },
        opening: {
          request: asked,
          offsets: leavesWith(offsetsData, place, place + 1),
          ids: leavesWith(idsData, from, to - 1),
          row: bytesToHex(data.tree.node(ROW_LEVELS, place)),
          path: data.tree.path(ROW_LEVELS, place).map(bytesToHex),
        },
      }
    },
  }
}

/** Whether a tensor is a response to so many texts. */
const isRows = ({ name, dtype, dims }: Tensor, texts: number): boolean =>
  name === 'embedding' && dtype === 'i32' && dims.join() === `${texts},${COLUMNS}`

function malformed(request: EmbeddingRequest, response: readonly Tensor[]): StageOpening {
  const [first, ...others] = response
  const single = first && others.length === 0 ? committed(first) : undefined
  return {
    ...{ of: 'embedding', shows: 'malformed' },
    opening: {
      ...{ request, response: response.map((tensor) => bytesToHex(tensorDigest(tensor))) },
      header: single ? bytesToHex(single.header) : '0x',
      dataRoot: single ? bytesToHex(single.tree.root) : NO_ROOT,
    },
  }
}

const NO_ROOT: Hex = `0x${'00'.repeat(32)}`

async function ownRow({ executor }: OpenedExact, ids: readonly number[]): Promise<Uint8Array> {
  const outputs = await executor.run(claimedRow(ids, new Uint8Array(ROW_BYTES)).inputs)
  const row = outputs.get('embedding')
  if (row?.type !== 'i32') throw new InvalidModelError('embedding', 'model.onnx gives out no embedding')
  return tensorOf('embedding', 'i32', [1, COLUMNS], Int32Array.from(row.data)).data
}

function claimedRow(ids: readonly number[], row: Uint8Array): ClaimedStage {
  const data = BigInt64Array.from(ids, BigInt)
  return {
    inputs: new Map([['ids', { type: 'i64', dims: [ids.length], data }]]),
    request: [tensorOf('ids', 'i64', [ids.length], data)],
    response: [{ name: 'embedding', dtype: 'i32', dims: [1, COLUMNS], data: row }],
  }
}

const rowBytes = ({ data }: Tensor, place: number): Uint8Array => data.slice(place * ROW_BYTES, (place + 1) * ROW_BYTES)

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** The leaves that hold numbers `first` to `last` of a tensor of four bytes each. */
function leavesWith({ tensor, tree }: CommittedData, first: number, last: number): LeafProof[] {
  const [from, to] = [first, last].map((i) => Math.floor(i / NUMBERS_A_LEAF)) as [number, number]
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const leaf = new Uint8Array(LEAF_BYTES)
    leaf.set(tensor.data.subarray((from + i) * LEAF_BYTES, (from + i + 1) * LEAF_BYTES))
    return { data: bytesToHex(leaf), path: tree.path(0, from + i).map(bytesToHex) }
  })
}

function numbersOf({ name, dtype, dims, data }: Tensor): number[] {
  if (dtype !== 'u32' || dims.length !== 1) throw new InvalidRequestError('embedding', `"${name}" is no u32 vector`)
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  return Array.from({ length: data.length / 4 }, (_, i) => view.getUint32(4 * i, true))
}

async function open(files: JudgedAnswer['files'], threads: number | undefined): Promise<OpenedExact> {
  const path = files[GRAPH_FILE]
  if (!path) throw new InvalidModelError('embedding', `"${GRAPH_FILE}" is needed to play a dispute`)
  return openExact({ bytes: await readFile(path), ...(threads === undefined ? {} : { threads }) })
}
