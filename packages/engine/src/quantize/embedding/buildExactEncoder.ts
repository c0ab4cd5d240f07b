import type { OnnxModel } from '../../onnx/model.ts'
import { NO_PIECES } from '../../text/index.ts'
import { Emitter, int } from '../emit/emitter.ts'
import { roundHalfEven } from '../emit/quantized.ts'
import { dyadic } from '../lower/dyadic.ts'
import { sinCos, tanh } from '../lower/functions.ts'
import { gated, gateTable } from '../lower/gating.ts'
import { wordTable } from '../lower/wordTable.ts'
import type { EncoderCalibration } from './encoderCalibration.ts'
import { attention, type EncoderScope, feedForward, streamReach } from './encoderLayer.ts'
import { ENCODER, type EncoderWeights } from './encoderWeights.ts'

/** One step of an embedding's elements is 2^−15. */
export const EMBEDDING_PLACES = 15
/** Room in the stream beyond what calibration saw. */
const HEADROOM = 1.5
/** What tanh is told apart up to; beyond it is 1 but for 1e-3. */
const TANH_REACH = 4

/**
 * The sentence encoder in the exact profile: `ids` i64 [T], pieces of one text, or `NO_PIECES` for none → `embedding` i32 [1, 512] of
 * length 2^15 but for rounding.
 */
export function buildExactEncoder(weights: EncoderWeights, calibration: EncoderCalibration): OnnxModel {
  const emitter = new Emitter()
  emitter.dimension('T', { min: 1, max: ENCODER.positions, step: 1 })
  const ids = emitter.input('ids', 'i64', ['T'], { lo: 0, hi: NO_PIECES })
  const { width, stream } = ENCODER
  const { read, widened } = inputTables(weights)
  const lookUp = (tables: Tables, reach: number, own: number, hint: string): EncoderScope => {
    const scope = { emitter, width: own, reach: streamReach(own), step: (reach * HEADROOM) / streamReach(own) }
    const common = { emitter, width: own, step: scope.step }
    const pieces = wordTable({ ...common, table: tables.pieces, indices: row(emitter, ids), hint: `${hint}/pieces` })
    const places = wordTable({
      ...common,
      table: tables.places,
      indices: positions(emitter, ids),
      hint: `${hint}/places`,
    })
    return { ...scope, x: bounded(scope, emitter.node('Add', [pieces, places], {}, hint), hint) }
  }
  const first = lookUp(read, calibration.read, width, 'read')
  const widenedStream = lookUp(widened, calibration.stream, stream, 'widened')
  let x = widenedStream.x
  for (const [index, layer] of weights.layers.entries()) {
    const own = calibration.layers[index]
    if (!own) throw new RangeError(`There is no calibration of layer ${index}.`)
    const hint = `layer ${index}`
    const mixed = attention(index === 0 ? first : { ...widenedStream, x }, layer, own, widenedStream.step, hint)
    x = bounded(widenedStream, emitter.node('Add', [x, mixed]), `${hint}/attended`)
    const fed = feedForward({ ...widenedStream, x }, layer, own, hint)
    x = bounded(widenedStream, emitter.node('Add', [x, fed]), `${hint}/fed`)
  }
  const mean = meanOf({ ...widenedStream, x }, ids)
  const turned = squashed(emitter, mean, weights, widenedStream.step)
  emitter.output(unitLength(emitter, turned), 'embedding', 'i32')
  return emitter.model()
}

/** i64 [1, T]. */
const row = (emitter: Emitter, ids: string): string => emitter.node('Unsqueeze', [ids, emitter.i64([0])])

/** i64 [1, T]: 0, 1, … */
function positions(emitter: Emitter, ids: string): string {
  const length = emitter.node('Gather', [emitter.node('Shape', [ids]), emitter.i64(0)], { axis: int(0) }, 'length')
  return row(emitter, emitter.node('Range', [emitter.i64(0), length, emitter.i64(1)], {}, 'positions'))
}

function bounded({ emitter, reach }: Omit<EncoderScope, 'x'>, x: string, hint: string): string {
  return emitter.node('Clip', [x, emitter.f64(-reach), emitter.f64(reach)], {}, hint)
}

type Tables = { pieces: Float64Array; places: Float64Array }

/**
 * What the first layer reads is 2 · embedding + timing signal; the stream begins with that widened by a matrix. Both are sums of what
 * follows from the piece and what follows from its place, so both are tables.
 */
function inputTables({ embedding, speeds, widen }: EncoderWeights): { read: Tables; widened: Tables } {
  const { width, vocabulary, positions: places, stream } = ENCODER
  const read = {
    // One row more, of zeros: no piece.
    pieces: Float64Array.from({ length: (vocabulary + 1) * width }, (_, i) => 2 * (embedding[i] ?? 0)),
    places: new Float64Array(places * width),
  }
  for (let place = 0; place < places; place++)
    for (const [i, speed] of speeds.entries()) {
      const [sin, cos] = sinCos(place * speed)
      read.places[place * width + i] = sin
      read.places[place * width + speeds.length + i] = cos
    }
  const zeros = new Float32Array(stream)
  return {
    read,
    widened: { pieces: times(read.pieces, widen.matrix, widen.bias), places: times(read.places, widen.matrix, zeros) },
  }
}

/** Rows times a matrix [outputs, inputs], plus a bias. Four outputs at a time, a multiple of which there are: no sum waits for another. */
function times(rows: Float64Array, matrix: Float32Array, bias: Float32Array): Float64Array {
  const [outputs, inputs] = [bias.length, matrix.length / bias.length]
  const wide = Float64Array.from(matrix)
  const result = new Float64Array((rows.length / inputs) * outputs)
  for (let at = 0, out = 0; at < rows.length; at += inputs)
    for (let output = 0; output < outputs; output += 4, out += 4) {
      let a = bias[output] ?? 0
      let b = bias[output + 1] ?? 0
      let c = bias[output + 2] ?? 0
      let d = bias[output + 3] ?? 0
      for (let i = 0, weight = output * inputs; i < inputs; i++, weight++) {
        const x = rows[at + i] ?? 0
        a += x * (wide[weight] ?? 0)
        b += x * (wide[weight + inputs] ?? 0)
        c += x * (wide[weight + 2 * inputs] ?? 0)
        d += x * (wide[weight + 3 * inputs] ?? 0)
      }
      result.set([a, b, c, d], out)
    }
  return result
}

/** f64 [1, 512]: the mean over the pieces, rounded down; zeros where there are none. */
function meanOf({ emitter, x, reach }: EncoderScope, ids: string): string {
  const live = emitter.cast(emitter.node('Less', [ids, emitter.i64(NO_PIECES)], {}, 'live'), 'f64', 'live')
  const kept = emitter.node('Mul', [x, emitter.node('Unsqueeze', [live, emitter.i64([1])])], {}, 'kept')
  // Quotients are of numbers that are not negative.
  const lifted = emitter.node('Add', [kept, emitter.f64(reach)], {}, 'lifted')
  const sum = emitter.node('ReduceSum', [lifted, emitter.i64([1])], { keepdims: int(0) }, 'sum')
  const mean = emitter.node('Div', [emitter.cast(sum, 'i64', 'sum'), emitter.node('Shape', [ids])], {}, 'mean')
  return emitter.node('Sub', [emitter.cast(mean, 'f64', 'mean'), emitter.f64(reach)], {}, 'mean/lowered')
}

/** tanh of the last layer. One row of numbers is multiplied, so 20 bits of weights cost nothing. */
function squashed(emitter: Emitter, mean: string, { pooled }: EncoderWeights, step: number): string {
  const { stream } = ENCODER
  const table = gateTable(tanh, TANH_REACH / 2047)
  const factor = step / (TANH_REACH / 2047)
  const matrix = new Float64Array(stream * stream)
  for (let output = 0; output < stream; output++)
    for (let i = 0; i < stream; i++) matrix[i * stream + output] = (pooled.matrix[output * stream + i] ?? 0) * factor
  const product = emitter.node('MatMul', [mean, emitter.f64(dyadic(matrix, 20), [stream, stream])], {}, 'pooled')
  const bias = Float64Array.from(pooled.bias, (b) => roundHalfEven((b * 2047 * 256) / TANH_REACH) / 256)
  const sum = emitter.node('Round', [emitter.node('Add', [product, emitter.f64(bias)])], {}, 'pooled')
  return gated({ emitter, gate: sum, table, hint: 'tanh' })
}

/** i32 [1, 512] of length 2^15. tanh gives at least 2^12 in all, or the result is shorter. */
function unitLength(emitter: Emitter, x: string): string {
  const sum = emitter.node(
    'ReduceSum',
    [emitter.node('Mul', [x, x]), emitter.i64([-1])],
    { keepdims: int(1) },
    'square',
  )
  // Twelve binary places more give the root six.
  const root = emitter.node(
    'Floor',
    [emitter.node('Sqrt', [emitter.node('Mul', [sum, emitter.f64(2 ** 12)])])],
    {},
    'root',
  )
  const length = emitter.node('Max', [emitter.cast(root, 'i64'), emitter.i64(2 ** 18)], {}, 'length')
  const inverse = emitter.cast(emitter.node('Div', [emitter.i64([2 ** 45]), length], {}, 'inverse'), 'f64', 'inverse')
  const scaled = emitter.node('Mul', [
    emitter.node('Mul', [x, inverse]),
    emitter.f64(2 ** -(45 - 6 - EMBEDDING_PLACES)),
  ])
  const most = 2 ** EMBEDDING_PLACES - 1
  const clipped = emitter.node('Clip', [scaled, emitter.f64(-most), emitter.f64(most)])
  return emitter.cast(emitter.node('Round', [clipped], {}, 'embedding/rounded'), 'i32', 'embedding/whole')
}
