import { findTensor, type Tensor, valuesOf } from '@stoa/protocol'
import type { Task } from '../inference/model.ts'
import { isWithinEdits } from './isWithinEdits.ts'

/** Least cosine of two embeddings of one text, and most edits a character (specs/audits.md). */
const LEAST_COSINE = 0.999
const MOST_EDITS = 0.02
/** Characters of a text that are compared: 5,000 with 100 edits among them take some milliseconds. */
const COMPARED = 5000

/** Whether an answer is one that another machine could have given with the same float model. Throws `InvalidTensorError`. */
export function isClose(task: Task, own: readonly Tensor[], theirs: readonly Tensor[]): boolean {
  return CLOSE[task](own, theirs)
}

type Comparison = (own: readonly Tensor[], theirs: readonly Tensor[]) => boolean

const closeEmbeddings: Comparison = (own, theirs) => {
  const [a, b] = [findTensor(own, 'embedding'), findTensor(theirs, 'embedding')]
  const [rows = 0, columns = 0] = a.dims
  if (a.dims.join() !== b.dims.join()) return false
  const [p, q] = [valuesOf(a, 'f32'), valuesOf(b, 'f32')]
  for (let row = 0; row < rows; row++) {
    const range = [row * columns, (row + 1) * columns] as const
    // No number compares as less, so NaN is not close.
    if (!(cosine(p.subarray(...range), q.subarray(...range)) >= LEAST_COSINE)) return false
  }
  return true
}

const closeTexts: Comparison = (own, theirs) => {
  if (findTensor(own, 'lines').dims[0] !== findTensor(theirs, 'lines').dims[0]) return false
  const [a, b] = [comparedOf(findTensor(own, 'text')), comparedOf(findTensor(theirs, 'text'))]
  return isWithinEdits(a, b, Math.max(1, Math.floor(Math.max(a.length, b.length) * MOST_EDITS)))
}

/** The code points of a text that are compared; no more of its bytes are read than those can take. */
const comparedOf = ({ data }: Tensor): Uint32Array =>
  Uint32Array.from([...new TextDecoder().decode(data.subarray(0, 4 * COMPARED))].slice(0, COMPARED), (character) =>
    Number(character.codePointAt(0)),
  )

const CLOSE = { embedding: closeEmbeddings, ocr: closeTexts } as Readonly<Record<Task, Comparison>>

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0]
    dot += x * y
    aa += x * x
    bb += y * y
  }
  return dot / Math.sqrt(aa * bb)
}
