import { unitOf } from '../../profile/constantFacts.ts'
import { countOf } from './constants.ts'
import type { Translation } from './nodeInputs.ts'

type Binary = 'add' | 'sub' | 'mul' | 'max' | 'min' | 'equal' | 'less' | 'greater' | 'and' | 'or' | 'div'
type Unary = 'not' | 'round' | 'relu'

const binary =
  (op: Binary): Translation =>
  ({ input }) => ({ op, args: [input(0), input(1)] })

const unary =
  (op: Unary): Translation =>
  ({ input }) => ({ op, args: [input(0)] })

/** A cast keeps every number that the profile lets it have. */
const nothing: Translation = ({ input }) => input(0)

/** Only `Floor` reads a `Sqrt`, and both together are the root that formulas have. */
const floor: Translation = ({ input, maker }) => {
  const made = maker(0)
  return made?.node.op === 'Sqrt' ? { op: 'root', args: [made.input(0)] } : { op: 'floor', args: [input(0)] }
}

const clip: Translation = ({ input, constant }) => {
  const [lo, hi] = [constant(1), constant(2)]
  const unit = Math.min(lo.unit, hi.unit)
  return { op: 'clip', unit, least: countOf(lo.lo, unit), greatest: countOf(hi.lo, unit), args: [input(0)] }
}

const hardSigmoid: Translation = ({ input, attributes }) => {
  const scratch = new DataView(new ArrayBuffer(8))
  const [alpha, beta] = [attributes.float('alpha', 0.2), attributes.float('beta', 0.5)]
  const unit = Math.min(0, ...[alpha, beta].filter((x) => x !== 0).map((x) => unitOf(x, scratch)))
  return { op: 'hardSigmoid', unit, alpha: countOf(alpha, unit), beta: countOf(beta, unit), args: [input(0)] }
}

const where: Translation = ({ input }) => ({ op: 'where', args: [input(0), input(1), input(2)] })

export const ELEMENTWISE_NODES: Readonly<Record<string, Translation>> = {
  Add: binary('add'),
  Sub: binary('sub'),
  Mul: binary('mul'),
  Max: binary('max'),
  Min: binary('min'),
  Equal: binary('equal'),
  Less: binary('less'),
  Greater: binary('greater'),
  And: binary('and'),
  Or: binary('or'),
  Div: binary('div'),
  Not: unary('not'),
  Round: unary('round'),
  Relu: unary('relu'),
  Floor: floor,
  Clip: clip,
  HardSigmoid: hardSigmoid,
  Where: where,
  Cast: nothing,
  Identity: nothing,
}
