import { findTensor, type Tensor, valuesOf } from '@stoa/protocol'
import type { Task } from '../inference/model.ts'

/** Least cosine of two embeddings of one text, and most edits a character (specs/audits.md). */
const LEAST_COSINE = 0.999
const MOST_EDITS = 0.02
/** Characters of a text that are compared: the work grows with their square. */
const COMPARED = 5000

/** Whether an answer is one that another machine could have given with the same float model. Throws `InvalidTensorError`. */
export function isClose(task: Task, own: readonly Tensor[], theirs: readonly Tensor[]): boolean {
  return CLOSE[task](own, theirs)
}

type Comparison = (own: readonly Tensor[], theirs: readonly Tensor[]) => boolean

const closeEmbeddings: Comparison = (own, theirs) => {
  const [a, b] = [findTensor(own, 'embedding'), findTensor(theirs, 'embedding')]
  const [rows = 0, columns = 0] = a.dims
  if (a.dims.join() !== b.dims.join() || !sameBytes(findTensor(own, 'tokens'), findTensor(theirs, 'tokens')))
    return false
  const [p, q] = [valuesOf(a, 'f32'), valuesOf(b, 'f32')]
  for (let row = 0; row < rows; row++) {
    const range = [row * columns, (row + 1) * columns] as const
    // No number compares as less, so NaN is not close.
    if (!(cosine(p.subarray(...range), q.subarray(...range)) >= LEAST_COSINE)) return false
  }
  return true
}

const closeTexts: Comparison = (own, theirs) => {
  const [a, b] = [findTensor(own, 'text'), findTensor(theirs, 'text')].map(({ data }) =>
    [...new TextDecoder().decode(data).slice(0, 2 * COMPARED)].slice(0, COMPARED),
  )
  if (findTensor(own, 'lines').dims[0] !== findTensor(theirs, 'lines').dims[0] || !a || !b) return false
  const allowed = Math.max(1, Math.floor(Math.max(a.length, b.length) * MOST_EDITS))
  return editDistance(a, b) <= allowed
}

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

/** Least insertions, deletions and changes that turn one into the other (Levenshtein, 1966). */
function editDistance(a: readonly string[], b: readonly string[]): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(change, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    above = row
  }
  return above[b.length] ?? 0
}

const sameBytes = (a: Tensor, b: Tensor): boolean => Buffer.compare(a.data, b.data) === 0
