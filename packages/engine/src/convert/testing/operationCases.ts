import { bools, floats, ints, type SmallGraph, type SmallNode } from './smallGraph.ts'

const x = floats([1.5, -2, 3, 0.25, 5, -6], [2, 3])
const y = floats([0.5, 4, -1], [3])
const n = ints([3, 1, 4, 1, 5, 9], [2, 3])
const square = floats([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2], [2, 2, 3])

const type = (name: string) => ({ T: { type: name } })
const list = (...i: number[]) => ({ list: { i: i.map(String) } })
const unary = (op: string, feed = x): [string, SmallGraph] => [
  op,
  { nodes: [{ name: 'out', op, input: ['x'], attr: type('DT_FLOAT') }], feeds: { x: feed } },
]
const binary = (op: string, a = x, b = y): [string, SmallGraph] => [
  `${op} of ${a.kind}`,
  { nodes: [{ name: 'out', op, input: ['a', 'b'], attr: type('DT_FLOAT') }], feeds: { a, b } },
]
const reduction = (op: string, keep: boolean, feed = x): [string, SmallGraph] => [
  `${op} of ${feed.kind}${keep ? ', axes kept' : ''}`,
  {
    nodes: [{ name: 'out', op, input: ['x', 'axes'], attr: { keep_dims: { b: keep } } }],
    constants: { axes: ints([-1]) },
    feeds: { x: feed },
  },
]
const one = (name: string, node: Omit<SmallNode, 'name'>, rest: Omit<SmallGraph, 'nodes'>): [string, SmallGraph] => [
  name,
  { nodes: [{ name: 'out', ...node }], ...rest },
]

/** A graph for each operation that is translated, by what it shows; its last node is the operation. */
export const OPERATION_CASES: [string, SmallGraph][] = [
  ...['Add', 'AddV2', 'Sub', 'Mul', 'RealDiv', 'Maximum', 'Less', 'Greater', 'BiasAdd'].map((op) => binary(op)),
  binary('Add', n, ints([1, 2, 3])),
  binary('Greater', n, ints([2], [])),
  ...['Relu', 'Tanh', 'Sin', 'Cos', 'Square', 'Softmax'].map((op) => unary(op)),
  unary('Rsqrt', floats([0.25, 1, 9])),
  unary('LogicalNot', bools([1, 0, 1])),
  ...['Mean', 'Sum', 'Max', 'Prod'].flatMap((op) => [reduction(op, true), reduction(op, false)]),
  ...['Sum', 'Max', 'Prod'].map((op) => reduction(op, false, n)),
  one(
    'Cast bool to float',
    { op: 'Cast', input: ['x'], attr: { SrcT: { type: 'DT_BOOL' }, DstT: { type: 'DT_FLOAT' } } },
    { feeds: { x: bools([1, 0]) } },
  ),
  one(
    'Cast int to float',
    { op: 'Cast', input: ['x'], attr: { SrcT: { type: 'DT_INT32' }, DstT: { type: 'DT_FLOAT' } } },
    { feeds: { x: n } },
  ),
  ...[false, true].map((b) =>
    one(
      `MatMul${b ? ', both transposed' : ''}`,
      { op: 'MatMul', input: ['a', 'b'], attr: { transpose_a: { b }, transpose_b: { b } } },
      { feeds: { a: floats(x.values, b ? [3, 2] : [2, 3]), b: floats(x.values, b ? [2, 3] : [3, 2]) } },
    ),
  ),
  ...['BatchMatMul', 'BatchMatMulV2'].map((op) =>
    one(
      op,
      { op, input: ['a', 'b'], attr: { adj_x: { b: false }, adj_y: { b: true } } },
      { feeds: { a: square, b: square } },
    ),
  ),
  one(
    'Conv2D 1×1',
    {
      op: 'Conv2D',
      input: ['x', 'kernel'],
      attr: {
        strides: list(1, 1, 1, 1),
        dilations: list(1, 1, 1, 1),
        padding: { s: 'VkFMSUQ=' },
        data_format: { s: 'TkhXQw==' },
      },
    },
    {
      constants: { kernel: floats([1, 2, 3, 4, 5, 6], [1, 1, 3, 2]) },
      feeds: { x: floats(square.values, [1, 2, 2, 3]) },
    },
  ),
  one('Shape', { op: 'Shape', input: ['x'] }, { feeds: { x: square } }),
  one('Reshape to a shape that is asked for', { op: 'Reshape', input: ['x', 's'] }, { feeds: { x, s: ints([3, 2]) } }),
  one(
    'Reshape, one length left open',
    { op: 'Reshape', input: ['x', 's'] },
    { constants: { s: ints([-1, 2]) }, feeds: { x } },
  ),
  one('ExpandDims', { op: 'ExpandDims', input: ['x', 'd'] }, { constants: { d: ints([-1], []) }, feeds: { x } }),
  one(
    'Squeeze',
    { op: 'Squeeze', input: ['x'], attr: { squeeze_dims: list(1) } },
    { feeds: { x: floats([1, 2, 3], [3, 1, 1]) } },
  ),
  one('Squeeze all', { op: 'Squeeze', input: ['x'] }, { feeds: { x: floats([1, 2, 3], [3, 1, 1]) } }),
  one('Transpose', { op: 'Transpose', input: ['x', 'p'] }, { constants: { p: ints([2, 0, 1]) }, feeds: { x: square } }),
  one('Pack', { op: 'Pack', input: ['a', 'b'], attr: { axis: { i: '1' } } }, { feeds: { a: x, b: x } }),
  one(
    'ConcatV2',
    { op: 'ConcatV2', input: ['a', 'b', 'axis'] },
    { constants: { axis: ints([-1], []) }, feeds: { a: x, b: x } },
  ),
  one(
    'GatherV2',
    { op: 'GatherV2', input: ['x', 'i', 'axis'] },
    { constants: { axis: ints([1], []) }, feeds: { x, i: ints([2, 0, 0, 1], [2, 2]) } },
  ),
  one('GatherNd', { op: 'GatherNd', input: ['x', 'i'] }, { feeds: { x: square, i: ints([1, 0, 0, 1], [2, 2]) } }),
  one('Where', { op: 'Where', input: ['x'] }, { feeds: { x: bools([1, 0, 1, 1, 0, 0], [2, 3]) } }),
  one(
    'ScatterNd, two meeting at one place',
    { op: 'ScatterNd', input: ['i', 'u', 's'] },
    {
      feeds: { i: ints([1, 3, 1], [3, 1]), u: floats([1, 2, 3, 4, 5, 6], [3, 2]), s: ints([4, 2]) },
    },
  ),
  one(
    'SparseToDense',
    { op: 'SparseToDense', input: ['i', 's', 'v', 'd'] },
    {
      constants: { d: ints([-1], []) },
      feeds: { i: ints([0, 1, 1, 0], [2, 2]), s: ints([2, 3]), v: ints([7, 8]) },
    },
  ),
  one(
    'Slice',
    { op: 'Slice', input: ['x', 'b', 's'] },
    { constants: { b: ints([1, 0, 1]), s: ints([1, -1, 2]) }, feeds: { x: square } },
  ),
  one(
    'Range',
    { op: 'Range', input: ['a', 'b', 'c'] },
    { feeds: { a: ints([2], []), b: ints([11], []), c: ints([3], []) } },
  ),
  [
    'SplitV, second part',
    {
      nodes: [
        { name: 'parts', op: 'SplitV', input: ['x', 'sizes', 'axis'], attr: { num_split: { i: '2' } } },
        { name: 'out', op: 'Square', input: ['parts:1'] },
      ],
      constants: { sizes: ints([1, 2]), axis: ints([1], []) },
      feeds: { x },
    },
  ],
  one(
    'StridedSlice',
    {
      op: 'StridedSlice',
      input: ['x', 'b', 'e', 's'],
      attr: { shrink_axis_mask: { i: '2' }, begin_mask: { i: '1' }, end_mask: { i: '1' } },
    },
    {
      constants: { b: ints([0, 1]), e: ints([0, 2]), s: ints([1, 1]) },
      feeds: { x },
    },
  ),
]
