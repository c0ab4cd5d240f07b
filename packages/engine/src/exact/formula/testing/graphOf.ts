import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { Emitter } from '../../../quantize/emit/emitter.ts'
import { type ExactGraph, loadExactGraph } from '../../profile/index.ts'

/** An exact graph of one input x of bytes [n, 4], where n may be 1 to `rows`, that shows what `make` makes of it. */
export function graphOf(
  make: (emit: Emitter, x: string) => readonly (readonly [string, 'f32' | 'f64' | 'i64' | 'u8'])[],
  rows = 8,
): ExactGraph {
  const emit = new Emitter()
  emit.dimension('n', { min: 1, max: rows, step: 1 })
  const x = emit.input('x', 'u8', ['n', 4])
  for (const [i, [tensor, type]] of make(emit, x).entries()) emit.output(tensor, `y${i}`, type)
  return loadExactGraph(writeOnnxModel(emit.model()))
}
