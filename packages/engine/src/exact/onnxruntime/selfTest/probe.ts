import type { OnnxNode } from '../../../onnx/model.ts'
import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import type { Emitter } from '../../../quantize/emit/emitter.ts'
import { type ExactGraph, loadExactGraph } from '../../profile/index.ts'
import type { Value } from '../../value.ts'

/** A small exact graph with inputs to run it on, and what must come out. */
export type ProbeCase = {
  readonly graph: ExactGraph
  readonly inputs: ReadonlyMap<string, Value>
  /** Where outputs differ from the reference, for a person; undefined where they do not. */
  check(outputs: ReadonlyMap<string, Value>): string | undefined | Promise<string | undefined>
}

export type Probe = {
  /** Equal for probes that test the same. */
  readonly key: string
  /** What is tested, for a person. */
  readonly about: string
  make(): ProbeCase
}

/** Elements of an output that were computed by the reference: their places in it and their values. */
export type Expected = { readonly output: string; readonly at: ArrayLike<number>; readonly values: Value['data'] }

/** The first element that is not what it must be, in words. */
export function firstDifference(outputs: ReadonlyMap<string, Value>, all: readonly Expected[]): string | undefined {
  for (const { output, at, values } of all) {
    const got = outputs.get(output)
    if (!got) return `there is no output "${output}"`
    for (let i = 0; i < at.length; i++) {
      const [is, mustBe] = [got.data[at[i] ?? 0], values[i]]
      // Zero has no sign, and == says so; both are numbers, or both are bigints.
      if (is !== mustBe) return `element ${at[i]} of "${output}" is ${is}, must be ${mustBe}`
    }
  }
  return undefined
}

/** A node of the reference's, for one evaluation. */
export const plainNode = (op: string, attributes: OnnxNode['attributes'] = new Map()): OnnxNode => ({
  ...{ name: op, op, domain: '', inputs: [], outputs: ['y'], attributes },
})

/** An attribute that holds integers, or what holds where it is left out. */
export function intsOf({ attributes }: OnnxNode, name: string, otherwise: readonly number[]): readonly number[] {
  const attribute = attributes.get(name)
  if (attribute?.kind === 'ints') return attribute.value
  return attribute?.kind === 'int' ? [attribute.value] : otherwise
}

/** `count` places among `length`, the first and the last of them for certain. */
export function spread(length: number, count: number): number[] {
  if (length <= count) return [...Array(length).keys()]
  const step = (length - 1) / (count - 1)
  return Array.from({ length: count }, (_, i) => Math.round(i * step))
}

/** What an emitter has collected, proved like any other model: a probe that breaks the bound is a mistake here and shows as one. */
export const graphOf = (emit: Emitter): ExactGraph => loadExactGraph(writeOnnxModel(emit.model()))
