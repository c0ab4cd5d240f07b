import type { OnnxModel } from '../../../onnx/model.ts'
import { Emitter, int, ints, text } from '../../../quantize/emit/emitter.ts'
import { tensor } from '../values.ts'

/** A model that must be refused, and the name of the node that is at fault; undefined where it is the file as a whole. */
export type RefusedGraph = { readonly name: string; readonly model: OnnxModel; readonly node: string | undefined }

const NEAREST = {
  mode: text('nearest'),
  coordinate_transformation_mode: text('asymmetric'),
  nearest_mode: text('floor'),
}

/** Graphs that are one step outside of the profile. */
export const refusedGraphs = (): RefusedGraph[] => [
  refused('Conv: one unit more than 2^24', 'Conv', (emit, f) =>
    emit.node('Conv', [f, emit.f32([65793, 0], [1, 2, 1, 1]), emit.f32([2])]),
  ),
  refused('Conv: weights that depend on the input', 'Conv', (emit, f) => emit.node('Conv', [f, f])),
  refused('Conv: a passing input', 'Conv', (emit, f) => {
    const half = emit.node('Mul', [f, emit.f32(0.5)])
    return emit.node('Conv', [half, emit.f32([1, 1], [1, 2, 1, 1])])
  }),
  refused('Conv: dilated', 'Conv', (emit, f) =>
    emit.node('Conv', [f, emit.f32([1, 1], [1, 2, 1, 1])], { dilations: ints([2, 2]) }),
  ),
  refused('Mul: a scale that leaves no room for the sum', 'Mul', (emit, f) => {
    const sums = emit.node('Conv', [f, emit.f32([65793, 0], [1, 2, 1, 1])])
    return emit.node('Round', [emit.node('Mul', [sums, emit.f32(3)])])
  }),
  refused('Add: a tenth is a fraction of 2^27', 'Add', (emit, f) =>
    emit.node('Round', [emit.node('Add', [f, emit.f32(0.1)])]),
  ),
  refused('Div: of what may be negative', 'Div', (emit, f) => {
    const below = emit.node('Sub', [emit.cast(f, 'i32'), emit.i32(1)])
    return emit.node('Div', [below, emit.i32(2)])
  }),
  refused('Div: by what may be 0', 'Div', (emit, f) => emit.node('Div', [emit.i32(7), emit.cast(f, 'i32')])),
  refused('Cast: more than the type holds', 'Cast', (emit, f) =>
    emit.cast(emit.node('Add', [f, emit.f32(1)], {}, 'sum'), 'u8', 'Cast'),
  ),
  refused('Cast: a fraction to integers', 'Cast', (emit, f) =>
    emit.cast(emit.node('Mul', [f, emit.f32(0.5)]), 'i32', 'Cast'),
  ),
  refused('Gather: an index past the end', 'Gather', (emit, f) =>
    emit.node('Gather', [emit.f32(new Float32Array(255)), emit.cast(f, 'i32')]),
  ),
  refused('Max: i64 beyond 32 bits', 'Max', (emit, f) => {
    const large = emit.node('Mul', [emit.cast(f, 'i64'), emit.i64(2 ** 31)])
    return emit.node('Max', [large, emit.i64(0)])
  }),
  refused('Cast: reads a square root', 'Cast', (emit, f) =>
    emit.cast(emit.node('Sqrt', [emit.cast(f, 'f64')]), 'f32', 'Cast'),
  ),
  refused('Shape: of some axes', 'Shape', (emit, f) => {
    const shape = emit.node('Shape', [f], { start: int(1) })
    return emit.node('Reshape', [f, emit.node('Concat', [emit.i64([-1]), shape], { axis: int(0) })])
  }),
  refused('Range: of more than one number', 'Range', (emit, f) =>
    emit.node('Add', [emit.cast(f, 'i64'), emit.node('Range', [emit.i64(0), emit.i64([2, 2]), emit.i64(1)])]),
  ),
  refused('ReduceSum: more than 2^24', 'ReduceSum', (emit, f) =>
    emit.node('ReduceSum', [emit.node('Mul', [f, emit.f32(32768)])]),
  ),
  refused('MatMulInteger: signed bytes', 'MatMulInteger', (emit, f) => {
    const weights = emit.constant(tensor('i8', [1, -1, 1, -1], [2, 2]))
    return emit.node('MatMulInteger', [emit.cast(f, 'u8'), weights])
  }),
  refused('Resize: by a half', 'Resize', (emit, f) => emit.node('Resize', [f, '', emit.f32([1, 1, 0.5, 1])], NEAREST)),
  refused('Sigmoid: no operator of the profile', 'Sigmoid', (emit, f) =>
    emit.node('Round', [emit.node('Sigmoid', [f])]),
  ),
  refused('Slice: backwards', 'Slice', (emit, f) =>
    emit.node('Slice', [f, emit.i64([-1]), emit.i64([-3]), emit.i64([3]), emit.i64([-1])]),
  ),
  refused('ArgMax: the last of equals', 'ArgMax', (emit, f) =>
    emit.node('ArgMax', [f], { axis: int(1), select_last_index: int(1) }),
  ),
  refused('Identity: an output that is not rounded', 'y', (emit, f) => emit.node('Mul', [f, emit.f32(0.5)])),
  { ...refused('another profile', undefined, (emit, f) => emit.node('Relu', [f])), ...withProfile('exact/2') },
]

/** A model of one input of bytes, [1, 2, 2, 2], that is cast to f32 first. Nodes are named by their operators, the last one `y`. */
function refused(name: string, node: string | undefined, make: (emit: Emitter, f: string) => string): RefusedGraph {
  const emit = new Emitter()
  const made = make(emit, emit.cast(emit.input('x', 'u8', [1, 2, 2, 2]), 'f32', 'wide'))
  emit.output(made, 'y', 'f32')
  return { name, model: emit.model(), node }
}

function withProfile(profile: string): { model: OnnxModel } {
  const { model } = refused('', undefined, (emit, f) => emit.node('Relu', [f]))
  return { model: { ...model, metadata: new Map([['stoa.profile', profile]]) } }
}
