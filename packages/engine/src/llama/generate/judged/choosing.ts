import { type Emitter, int } from '../../../quantize/emit/emitter.ts'
import { WEIGHT_ENTRIES } from '../choice.ts'
import { weightTable } from '../weightTable.ts'

/** Most ids: a byte of the draw times the sum of so many weights of 2^24 is a whole number of an i64 tensor. */
export const MOST_IDS = 2 ** 20
/** Greatest setting: most tokens, temperature, top k and top p are given in one tensor. */
export const GREATEST_SETTING = 2 ** 24 - 1

/** Logits that lie as many steps below the largest weigh nothing at any temperature, so that their order does not matter. */
const DEPTH_BITS = 17
const MOST_TEMPERATURE = 4_000
const MILLION = 1_000_000

export type ChoosingParameters = {
  emitter: Emitter
  /** i32 [1, V]. */
  logits: string
  /** i32 [4]: as a request's `settings`. */
  settings: string
  /** u8 [8]: u, big-endian. */
  draw: string
  vocab: number
}

/**
 * "Choosing" of specs/generation.md as nodes of an exact graph: the token that is chosen, i32 [1].
 *
 * Nothing is sorted. Every id has a *rank* of its own, (steps below the largest logit) · 2^b + id, of which less is better, and a weight. How many ids, or how
 * much weight, stand before a rank x is one comparison and one sum over all ids, and grows with x: so the last id of the top k, the id at which top p is
 * reached, and the id that is drawn are found bit by bit, each as the greatest x before which no more stands than it may.
 */
export function choosing({ emitter, logits, settings, draw, vocab }: ChoosingParameters): string {
  const e = shortNames(emitter)
  const idBits = Math.ceil(Math.log2(vocab))
  const setting = (i: number) => e.node('Gather', [settings, e.i64([i], [1, 1])], { axis: int(0) })
  const [temperature, topK, topP] = [setting(1), setting(2), e.cast(e.clip(setting(3), 1, MILLION), 'i64')]

  const largest = e.node('ReduceMax', [logits, e.i64([1])])
  const below = e.node('Sub', [e.cast(largest, 'f64'), e.cast(logits, 'f64')])
  const depth = e.cast(e.node('Clip', [below, e.f64(0), e.f64(2 ** DEPTH_BITS - 1)]), 'i32')
  const thousands = e.node('Mul', [depth, e.i32(1_000)])
  const steps = e.clip(e.node('Div', [thousands, e.clip(temperature, 1, MOST_TEMPERATURE)]), 0, WEIGHT_ENTRIES)
  const weight = e.node('Gather', [e.i64([...weightTable(), 0]), steps], { axis: int(0) })
  const rank = e.node('Add', [
    e.node('Mul', [e.cast(depth, 'i64'), e.i64(2 ** idBits)]),
    e.node('Range', [e.i64(0), e.i64(vocab), e.i64(1)]),
  ])

  const sum = (terms: string) => e.node('ReduceSum', [terms, e.i64([1])])
  const countBefore = (x: string) => sum(e.cast(e.node('Less', [rank, x]), 'i64'))
  const weightBefore = (x: string) => sum(e.node('Where', [e.node('Less', [rank, x]), weight, e.i64(0)]))
  /** The greatest x that is not too great. */
  const greatest = (isTooGreat: (x: string) => string) => {
    let x = e.i64([0], [1, 1])
    for (let bit = DEPTH_BITS + idBits - 1; bit >= 0; bit--) {
      const more = e.node('Add', [x, e.i64(2 ** bit)])
      x = e.node('Where', [isTooGreat(more), x, more])
    }
    return x
  }

  const kept = e.node('Where', [e.node('Equal', [topK, e.i32(0)]), e.i64(vocab), e.cast(topK, 'i64')])
  const all = weightBefore(greatest((x) => e.node('Greater', [countBefore(x), kept])))
  const wanted = shareOf(e, all, topP)
  const reached = greatest((x) => e.node('Not', [e.node('Less', [weightBefore(x), wanted])]))
  const drawnFrom = weightBefore(e.node('Add', [reached, e.i64(1)]))
  const target = e.node('Where', [
    e.node('Equal', [temperature, e.i32(0)]),
    e.i64(0), // nothing stands before the first, whatever was drawn
    scaledDraw(e, drawnFrom, e.cast(draw, 'i64')),
  ])
  const chosen = greatest((x) => e.node('Greater', [weightBefore(x), target]))
  const id = remainder(e, chosen, 2 ** idBits, vocab - 1)
  // A clipped number is stored in as few bytes as hold it, a sum in four: a token always takes four.
  return e.node('Add', [e.node('Squeeze', [e.cast(id, 'i32'), e.i64([0])]), e.i32(0)])
}

/** ⌈share · whole / 10^6⌉: of the millions and of the rest, for the product of both may be too large. */
function shareOf(e: Short, whole: string, share: string): string {
  const millions = e.node('Div', [whole, e.i64(MILLION)])
  const rest = e.node('Mul', [remainder(e, whole, MILLION, MILLION - 1), share])
  const roundedUp = e.node('Div', [e.node('Add', [rest, e.i64(MILLION - 1)]), e.i64(MILLION)])
  return e.node('Add', [e.node('Mul', [millions, share]), roundedUp])
}

/** ⌊u · whole / 2^64⌋, u being given as bytes: ⌊(b + ⌊x⌋) / 256⌋ = ⌊(b + x) / 256⌋ for whole b, so one byte is taken at a time. */
function scaledDraw(e: Short, whole: string, draw: string): string {
  let scaled = e.i64([0], [1, 1])
  for (let byte = 7; byte >= 0; byte--) {
    const product = e.node('Mul', [whole, e.node('Gather', [draw, e.i64([byte], [1, 1])], { axis: int(0) })])
    scaled = e.node('Div', [e.node('Add', [product, scaled]), e.i64(256)])
  }
  return scaled
}

/** x modulo `divisor`, i64. `most` is what the remainder is known to be at most: bounds alone don't tell. */
function remainder(e: Short, x: string, divisor: number, most: number): string {
  const whole = e.node('Mul', [e.node('Div', [x, e.i64(divisor)]), e.i64(divisor)])
  const rest = e.cast(e.node('Sub', [x, whole]), 'f64')
  return e.cast(e.node('Clip', [rest, e.f64(0), e.f64(most)]), 'i64')
}

type Short = ReturnType<typeof shortNames>

/** Nodes and constants whose names no decoder's have. */
function shortNames(emitter: Emitter) {
  const hint = 'choose'
  const node = (op: string, inputs: string[], attributes = {}) => emitter.node(op, inputs, attributes, hint)
  const i32 = (value: number) => emitter.i32(value, [], hint)
  return {
    node,
    i32,
    f64: (value: number) => emitter.f64(value, [], hint),
    i64: (values: number | readonly number[], dims?: readonly number[]) => emitter.i64(values, dims, hint),
    cast: (x: string, type: Parameters<Emitter['cast']>[1]) => emitter.cast(x, type, hint),
    clip: (x: string, least: number, most: number) => node('Clip', [x, i32(least), i32(most)]),
  }
}
