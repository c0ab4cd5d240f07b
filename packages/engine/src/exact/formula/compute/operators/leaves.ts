import { InvalidFormulaError } from '../../errors.ts'
import { type Axes, integerOf, integersOf, type OperatorsOf, operand, whole } from '../computation.ts'
import { indexOf, storedOrder } from '../places.ts'

type Leaf = 'entry' | 'input' | 'constant' | 'number' | 'list' | 'shape' | 'range' | 'fill'

const rowMajor = (dims: Axes): Axes => dims.map((_, axis) => axis)

export const LEAVES: OperatorsOf<Leaf> = {
  entry: {
    shape(node, { reader }) {
      const stored = reader.dims(node)
      const dims = [...stored]
      storedOrder(stored.length).forEach((axis, i) => {
        dims[axis] = stored[i] ?? 0
      })
      return dims
    },
    value: (node, at, { reader, shape }) => whole(reader.read(node, indexOf(shape(node), at, storedOrder(at.length)))),
  },
  input: {
    shape: (node, { reader }) => reader.dims(node),
    value: (node, at, { reader, shape }) => whole(reader.read(node, indexOf(shape(node), at, rowMajor(at)))),
  },
  constant: {
    shape: ({ layout }) => layout.dims,
    value: (node, at, { reader }) => ({
      m: reader.read(node, indexOf(node.layout.dims, at, node.layout.order)),
      u: node.unit,
    }),
  },
  number: {
    shape: ({ rank }) => new Array<number>(rank).fill(1),
    value: ({ m, unit }) => ({ m, u: unit }),
  },
  list: {
    shape: ({ items }) => [items.length],
    value({ items }, [i = 0]) {
      const item = items[i]
      if (item === undefined) throw new InvalidFormulaError(`there is no element ${i} of ${items.length}`)
      return whole(item)
    },
  },
  shape: {
    shape: ({ first, end }) => [end - first],
    value: (node, [i = 0], { shape }) => whole(shape(operand(node, 0))[node.first + i] ?? 0),
  },
  range: {
    shape(node, of) {
      const [start, limit, step] = [0, 1, 2].map((i) => scalar(operand(node, i), of)) as [bigint, bigint, bigint]
      if (step === 0n) throw new InvalidFormulaError('the step of a range is 0')
      const steps = Math.ceil(Number(limit - start) / Number(step))
      return [Math.max(0, steps)]
    },
    value(node, [i = 0], of) {
      const [start, , step] = [0, 1, 2].map((k) => scalar(operand(node, k), of)) as [bigint, bigint, bigint]
      return whole(start + BigInt(i) * step)
    },
  },
  fill: {
    shape: (node, of) => integersOf(operand(node, 0), of),
    value: ({ m, unit }) => ({ m, u: unit }),
  },
}

/** The only element of a tensor. */
function scalar(node: Parameters<typeof operand>[0], of: Parameters<typeof integersOf>[1]): bigint {
  const dims = of.shape(node)
  if (dims.some((length) => length !== 1))
    throw new InvalidFormulaError(`${node.op} of [${dims.join(', ')}], one number was expected`)
  return integerOf(
    of.value(
      node,
      dims.map(() => 0),
    ),
  )
}
