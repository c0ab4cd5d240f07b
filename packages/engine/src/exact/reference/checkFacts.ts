import type { OnnxNode } from '../../onnx/model.ts'
import { type ChannelFacts, type Facts, isCarried } from '../profile/facts.ts'
import { elementsOf, type Value } from '../value.ts'
import { shapeText } from './elements.ts'
import { EvaluationError } from './errors.ts'

/**
 * Holds what was computed against what was proved: type, dimensions, and of each element its range and unit. Throws `EvaluationError`
 * for the first that is not so, which would be a fault of the proof.
 */
export function checkFacts(node: OnnxNode, value: Value, facts: Facts): void {
  const refuse = (what: string): never => {
    throw new EvaluationError(node, `it gives ${what}, which was proved impossible`)
  }
  if (value.type !== facts.type) refuse(value.type)
  const [made, proved] = [shapeText(value.dims), shapeText(facts.dims)]
  if (made !== proved) refuse(`${made} instead of ${proved}`)
  const { channels } = facts
  if (value.type === 'i64') {
    for (const element of value.data) {
      if (element < facts.lo || element > facts.hi) refuse(`${element}, not within ${facts.lo} to ${facts.hi}`)
    }
    return
  }
  // A square root is a multiple of no unit. Only Floor reads it.
  const scale = isCarried(facts) || node.op === 'Sqrt' ? 1 : 2 ** -facts.unit
  const whole = node.op !== 'Sqrt'
  const channelOf = channels && channelIndex(value.dims, channels)
  for (let i = 0; i < value.data.length; i++) {
    const element = value.data[i] as number
    const channel = channelOf?.(i)
    const [lo, hi, units] =
      channels === undefined || channel === undefined
        ? [facts.lo, facts.hi, scale]
        : [channels.lo[channel] as number, channels.hi[channel] as number, 2 ** -(channels.unit[channel] as number)]
    if (!(element >= lo && element <= hi)) refuse(`${element}, not within ${lo} to ${hi}`)
    if (whole && !Number.isInteger(element * units)) refuse(`${element}, no multiple of ${1 / units}`)
  }
}

function channelIndex(dims: readonly number[], { axis, unit }: ChannelFacts): (index: number) => number {
  const inner = elementsOf(dims.slice(axis + 1))
  return (index) => Math.floor(index / inner) % unit.length
}
