/** Element types of ONNX tensors that the engine reads and writes, with their codes in `TensorProto.DataType` (onnx.proto). */
export const ELEMENT_CODE = {
  f32: 1,
  u8: 2,
  i8: 3,
  u16: 4,
  i16: 5,
  i32: 6,
  i64: 7,
  bool: 9,
  f16: 10,
  f64: 11,
  u32: 12,
  u64: 13,
} as const
export type ElementType = keyof typeof ELEMENT_CODE

/** The array that holds elements of a type: f16 as its bits, bool as 0 and 1. */
export type ElementArray = {
  f32: Float32Array
  f64: Float64Array
  u8: Uint8Array
  i8: Int8Array
  u16: Uint16Array
  i16: Int16Array
  i32: Int32Array
  u32: Uint32Array
  i64: BigInt64Array
  u64: BigUint64Array
  bool: Uint8Array
  f16: Uint16Array
}

/** An array of numbers with its shape; row-major. The array may be a view into the file it came from: never written to. */
export type OnnxTensor = {
  [T in ElementType]: { readonly type: T; readonly dims: readonly number[]; readonly data: ElementArray[T] }
}[ElementType]

/** Values of node attributes. `float` and `int` differ in the file, so they differ here. */
export type OnnxAttribute =
  | { kind: 'int'; value: number }
  | { kind: 'float'; value: number }
  | { kind: 'text'; value: string }
  | { kind: 'ints'; value: readonly number[] }
  | { kind: 'floats'; value: readonly number[] }
  | { kind: 'texts'; value: readonly string[] }
  | { kind: 'tensor'; value: OnnxTensor }

/** `inputs` holds '' where an optional input is left out. */
export type OnnxNode = {
  readonly name: string
  readonly op: string
  /** '' is ONNX itself. */
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, OnnxAttribute>
}

/** A graph's input or output. A length is a number, a name for one that the caller chooses, or null where nothing is said. */
export type OnnxValue = {
  readonly name: string
  readonly type: ElementType
  /** Undefined where not even the rank is stated. */
  readonly dims: readonly (number | string | null)[] | undefined
}

/** What an .onnx file says, as far as the engine uses it. */
export type OnnxModel = {
  readonly opset: number
  readonly metadata: ReadonlyMap<string, string>
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
  readonly initializers: ReadonlyMap<string, OnnxTensor>
  /** In an order in which each is made before it is read. */
  readonly nodes: readonly OnnxNode[]
}
