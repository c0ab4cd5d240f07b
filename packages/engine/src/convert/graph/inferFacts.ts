import { broadcast, type Dim, type Fact, type Facts, NOTHING, positive, productOf } from './facts.ts'
import { flag, intAttribute, intsAttribute, type TfGraph, type TfNode, ZERO_COPIES } from './tfGraph.ts'

// One rule per operation, about as many lines as there are operations: a table is read entry by entry, so it stays in one file.

/** Integer tensors up to this size are followed by value: shapes, axes, slice bounds. */
const MAX_FOLLOWED = 16

/** What a rule may ask: facts of the node's inputs, by position, and a name for a length that it can't tell. */
type Context = { node: TfNode; of: (index: number) => Fact; fresh: (axis: number) => string }
type Rule = (context: Context) => Fact

/**
 * Follows shapes and shape arithmetic through the graph: every tensor's dims as far as they can be told without running it,
 * lengths that depend on the request being symbols, and the elements of small integer tensors made of such lengths. Sound
 * rather than complete: operations without a rule say nothing about their result.
 */
export function inferFacts(graph: TfGraph): Facts {
  const facts = new Map<string, Fact>()
  for (const { name, dims } of graph.inputs)
    facts.set(name, { dims: dims.map((dim, axis) => dim ?? `${name}.${axis}`) })
  for (const [name, { kind, dims, data }] of graph.constants)
    facts.set(name, kind === 'int' && data.length <= MAX_FOLLOWED ? { dims, value: [...data] } : { dims })
  for (const node of graph.nodes) {
    const of = (index: number) => facts.get(node.inputs[index] ?? '') ?? NOTHING
    const fact = RULES[node.op]?.({ node, of, fresh: (axis) => `${node.name}.${axis}` }) ?? NOTHING
    facts.set(node.name, fact)
    if (node.op === 'SplitV')
      for (const [i, dims] of splitDims(node, of).entries()) facts.set(`${node.name}${i ? `:${i}` : ''}`, { dims })
  }
  return facts
}

const elementwise: Rule = ({ of, fresh }) => {
  const [a, b] = [of(0).dims, of(1).dims]
  return a && b ? { dims: broadcast(a, b, fresh) } : NOTHING
}

const unchanged: Rule = ({ of }) => dimsFact(of(0).dims)

const reduce: Rule = (context) => {
  const { node, of, fresh } = context
  const [dims, axes] = [of(0).dims, of(1).value]
  if (!dims || !axes || !allNumbers(axes)) return NOTHING
  const reduced = new Set(axes.map((axis) => positive(axis, dims.length)))
  const kept = flag(node, 'keep_dims')
    ? dims.map((dim, axis) => (reduced.has(axis) ? 1 : dim))
    : dims.filter((_, axis) => !reduced.has(axis))
  const value = of(0).value
  return node.op === 'Prod' && value && kept.length === 0
    ? { dims: kept, value: [productOf(value) ?? fresh(0)] }
    : { dims: kept }
}

const matMul: Rule = ({ node, of }) => {
  const [a, b] = [of(0).dims, of(1).dims]
  if (!a || !b || a.length < 2 || b.length < 2) return NOTHING
  const [flipA, flipB] = [
    flag(node, 'transpose_a') || flag(node, 'adj_x'),
    flag(node, 'transpose_b') || flag(node, 'adj_y'),
  ]
  return dimsFact(withLast(a, 2, [a.at(flipA ? -1 : -2), b.at(flipB ? -2 : -1)]))
}

const RULES: Readonly<Record<string, Rule>> = {
  Shape: ({ of }) => {
    const dims = of(0).dims
    return dims ? { dims: [dims.length], value: dims } : NOTHING
  },
  Reshape: ({ node, of, fresh }) => {
    const [from, given] = [of(0).dims, of(1).value]
    const target = flag(node, ZERO_COPIES)
      ? given?.map((dim, axis) => (dim === 0 ? (from?.[axis] ?? fresh(axis)) : dim))
      : given
    return target
      ? { dims: target.map((dim, axis) => (dim === -1 ? (missingDim(from, target) ?? fresh(axis)) : dim)) }
      : NOTHING
  },
  ExpandDims: ({ of }) => {
    const [dims, [axis] = []] = [of(0).dims, of(1).value]
    if (!dims || typeof axis !== 'number') return NOTHING
    const at = positive(axis, dims.length + 1)
    return { dims: [...dims.slice(0, at), 1, ...dims.slice(at)], ...valueFact(of(0).value) }
  },
  Squeeze: ({ node, of }) => {
    const dims = of(0).dims
    const axes = dims && intsAttribute(node, 'squeeze_dims').map((axis) => positive(axis, dims.length))
    return dims && axes && axes.length > 0 ? { dims: dims.filter((_, axis) => !axes.includes(axis)) } : NOTHING
  },
  Transpose: ({ of }) => {
    const [dims, order] = [of(0).dims, of(1).value]
    return dims && order && allNumbers(order) ? dimsFact(order.map((axis) => dims[axis])) : NOTHING
  },
  Pack: ({ node, of, fresh }) => {
    const parts = node.inputs.map((_, i) => of(i).value)
    const scalars = node.inputs.every((_, i) => of(i).dims?.length === 0)
    if (!scalars) return NOTHING
    return { dims: [parts.length], value: parts.map((part, i) => part?.[0] ?? fresh(i)) }
  },
  ConcatV2: ({ node, of, fresh }) => {
    const parts = node.inputs.slice(0, -1).map((_, i) => of(i))
    const values = parts.map((part) => part.value)
    if (values.every((value) => value !== undefined) && parts.every((part) => part.dims?.length === 1))
      return { dims: [values.flat().length], value: values.flat() }
    const [first, [axis] = []] = [parts[0]?.dims, of(parts.length).value]
    if (!first || typeof axis !== 'number') return NOTHING
    const at = positive(axis, first.length)
    const lengths = parts.map((part) => part.dims?.[at])
    const length = sumOf(lengths) ?? fresh(at)
    return { dims: first.map((dim, i) => (i === at ? length : dim)) }
  },
  GatherV2: ({ of }): Fact => {
    const [{ dims, value }, indices, [axis] = []] = [of(0), of(1), of(2).value]
    if (!dims || !indices.dims || typeof axis !== 'number') return NOTHING
    const at = positive(axis, dims.length)
    const picked =
      value && dims.length === 1 && indices.value && allNumbers(indices.value)
        ? indices.value.map((i) => value[i])
        : undefined
    return { ...dimsFact([...dims.slice(0, at), ...indices.dims, ...dims.slice(at + 1)]), ...valueFact(picked) }
  },
  GatherNd: ({ of }) => {
    const [dims, indices] = [of(0).dims, of(1).dims]
    const depth = indices?.at(-1)
    return dims && indices && typeof depth === 'number'
      ? { dims: [...indices.slice(0, -1), ...dims.slice(depth)] }
      : NOTHING
  },
  ScatterNd: ({ of, fresh }) => shapeGiven(of(2), fresh),
  SparseToDense: ({ of, fresh }) => shapeGiven(of(1), fresh),
  Where: ({ of, fresh }) => {
    const rank = of(0).dims?.length
    return rank === undefined ? NOTHING : { dims: [fresh(0), rank] }
  },
  Slice: ({ of, fresh }) => {
    const [{ dims, value }, begin, size] = [of(0), of(1).value, of(2).value]
    if (!dims || !begin || !size || !allNumbers(begin) || !allNumbers(size)) return NOTHING
    if (value && dims.length === 1) {
      const [[from = 0], [length = -1]] = [begin, size]
      const part = value.slice(from, length < 0 ? undefined : from + length)
      return { dims: [part.length], value: part }
    }
    return { dims: size.map((length, axis) => (length < 0 ? fresh(axis) : length)) }
  },
  StridedSlice: (context) => stridedSlice(context),
  Range: ({ fresh }) => ({ dims: [fresh(0)] }),
  MatMul: matMul,
  BatchMatMul: matMul,
  BatchMatMulV2: matMul,
  Conv2D: ({ of, fresh }) => {
    const [dims, kernel] = [of(0).dims, of(1).dims]
    const pointwise = kernel?.[0] === 1 && kernel[1] === 1
    return dims && kernel
      ? dimsFact([dims[0], pointwise ? dims[1] : fresh(1), pointwise ? dims[2] : fresh(2), kernel[3]])
      : NOTHING
  },
  Mean: reduce,
  Sum: reduce,
  Max: reduce,
  Prod: reduce,
  ...Object.fromEntries(
    ['Add', 'AddV2', 'Sub', 'Mul', 'RealDiv', 'Maximum', 'Less', 'Greater', 'BiasAdd'].map((op) => [op, elementwise]),
  ),
  ...Object.fromEntries(
    ['Cast', 'Square', 'Rsqrt', 'Relu', 'Tanh', 'Sin', 'Cos', 'LogicalNot', 'Softmax', 'LayerNormalization'].map(
      (op) => [op, unchanged],
    ),
  ),
}

function stridedSlice({ node, of, fresh }: Context): Fact {
  const [{ dims, value }, begin, end, strides] = [of(0), of(1).value, of(2).value, of(3).value]
  if (!dims || !begin || !end || !strides || !allNumbers(begin) || !allNumbers(end) || !allNumbers(strides))
    return NOTHING
  if (intAttribute(node, 'ellipsis_mask', 0) || intAttribute(node, 'new_axis_mask', 0)) return NOTHING
  const has = (mask: string, axis: number) => ((intAttribute(node, mask, 0) >> axis) & 1) === 1
  const [from = 0, to = 0, step = 1] = [begin[0], end[0], strides[0]]
  if (value && dims.length === 1 && begin.length === 1 && step === 1) {
    if (has('shrink_axis_mask', 0)) return { dims: [], ...valueFact([value.at(from)]) }
    const part = value.slice(has('begin_mask', 0) ? 0 : from, has('end_mask', 0) ? undefined : to)
    return { dims: [part.length], value: part }
  }
  const kept = dims.flatMap((dim, axis): Dim[] => {
    if (axis >= begin.length) return [dim]
    if (has('shrink_axis_mask', axis)) return []
    return [has('begin_mask', axis) && has('end_mask', axis) && strides[axis] === 1 ? dim : fresh(axis)]
  })
  return { dims: kept }
}

function splitDims(node: TfNode, of: (index: number) => Fact): (readonly Dim[])[] {
  const [dims, sizes, [axis] = []] = [of(0).dims, of(1).value, of(2).value]
  if (!dims || !sizes || typeof axis !== 'number') return []
  const at = positive(axis, dims.length)
  return sizes.map((size, part) =>
    dims.map((dim, i) => (i === at ? (size === -1 ? `${node.name}.${part}` : size) : dim)),
  )
}

/** Dims of a tensor whose shape is an input: its elements, or as many unknown ones as the shape is long. */
function shapeGiven(shape: Fact, fresh: (axis: number) => Dim): Fact {
  if (shape.value) return { dims: shape.value }
  const rank = shape.dims?.[0]
  return typeof rank === 'number' ? { dims: Array.from({ length: rank }, (_, axis) => fresh(axis)) } : NOTHING
}

/** The length that -1 stands for in the target shape of a Reshape. */
function missingDim(from: readonly Dim[] | undefined, target: readonly Dim[]): Dim | undefined {
  if (!from) return undefined
  const left = [...from]
  for (const dim of target) {
    const at = left.indexOf(dim)
    if (dim !== -1 && at >= 0) left.splice(at, 1)
    else if (dim !== -1 && dim !== 1) return undefined
  }
  return productOf(left)
}

function withLast(dims: readonly Dim[], count: number, last: readonly (Dim | undefined)[]): (Dim | undefined)[] {
  return [...dims.slice(0, -count), ...last]
}

function dimsFact(dims: readonly (Dim | undefined)[] | undefined): Fact {
  return dims?.every((dim) => dim !== undefined) ? { dims } : NOTHING
}

function valueFact(value: readonly (Dim | undefined)[] | undefined): Pick<Fact, 'value'> {
  return value?.every((dim) => dim !== undefined) ? { value } : {}
}

function sumOf(lengths: readonly (Dim | undefined)[]): number | undefined {
  let sum = 0
  for (const length of lengths) {
    if (typeof length !== 'number') return undefined
    sum += length
  }
  return sum
}

function allNumbers(values: readonly (Dim | undefined)[]): values is readonly number[] {
  return values.every((value) => typeof value === 'number')
}
