import { type OnnxNode, type OnnxTensor, type OnnxValue, writeOnnxModel } from '../../onnx/index.ts'
import type { Constant, Kind, TfInput } from '../graph/tfGraph.ts'

/** Operator set of the models written here; every operation keeps its meaning of this version. */
const OPSET = 18

/** Type of the ONNX tensors of a kind, and its code in `TensorProto.DataType`. Integers are written as int64, see `Kind`. */
const TYPE = { float: 'f32', int: 'i64', bool: 'bool' } as const
export const DATA_TYPE: Readonly<Record<Kind, number>> = { float: 1, int: 7, bool: 9 }

export type EncodeOnnxModelParameters = {
  nodes: readonly OnnxNode[]
  initializers: ReadonlyMap<string, Constant>
  inputs: readonly TfInput[]
  outputs: readonly { name: string; kind: Kind }[]
}

/** The bytes of an .onnx file. Equal models give equal bytes. */
export function encodeOnnxModel({ nodes, initializers, inputs, outputs }: EncodeOnnxModelParameters): Uint8Array {
  return writeOnnxModel({
    opset: OPSET,
    metadata: new Map(),
    nodes,
    initializers: new Map([...initializers].map(([name, constant]) => [name, tensorOf(constant)])),
    inputs: inputs.map(inputValue),
    outputs: outputs.map(({ name, kind }) => ({ name, type: TYPE[kind], dims: undefined })),
  })
}

function tensorOf({ kind, dims, data }: Constant): OnnxTensor {
  const wide = data instanceof Int32Array ? BigInt64Array.from(data, BigInt) : data
  return { type: TYPE[kind], dims, data: wide } as OnnxTensor
}

/** A length that the caller chooses gets a name, as other tools expect. */
function inputValue({ name, kind, dims }: TfInput): OnnxValue {
  return { name, type: TYPE[kind], dims: dims.map((dim, axis) => dim ?? `${name}_${axis}`) }
}
