import type { InferenceSession } from 'onnxruntime-node'
import type { Runtime } from '../../inference/onnx/loadRuntime.ts'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import type { WatchOptions } from '../executor.ts'
import type { BoundGraph } from '../profile/boundGraph.ts'
import { isCarried } from '../profile/facts.ts'
import type { Value } from '../value.ts'
import { fromTensor, toTensor } from './convert.ts'
import { cutSegments, type Segment, segmentModel } from './cutSegments.ts'

/**
 * Runs a bound graph segment by segment, each a session of its own whose outputs are the tensors to show, and returns the graph's outputs. Held at a
 * time are the shown tensors of one segment and those that later segments read.
 */
export async function runShowing(
  runtime: Runtime,
  options: InferenceSession.SessionOptions,
  bound: BoundGraph,
  inputs: ReadonlyMap<string, Value>,
  { watch, names, segmentBytes = Number.POSITIVE_INFINITY }: WatchOptions,
): Promise<ReadonlyMap<string, Value>> {
  const held = new Map([...bound.constants, ...inputs])
  for (const segment of cutSegments(bound, namesToShow(bound, names), segmentBytes)) {
    const made = await runSegment(runtime, options, bound, segment, held)
    for (const [name, value] of made) held.set(name, value)
    for (const name of segment.shown) watch(name, valueAt(made, name))
    for (const name of segment.done) held.delete(name)
  }
  return new Map(bound.outputs.map((name) => [name, valueAt(held, name)]))
}

/** All carried outputs of the nodes left to compute, or those of them that are asked for. */
function namesToShow({ nodes, facts }: BoundGraph, names: ReadonlySet<string> | undefined): ReadonlySet<string> {
  const made = nodes.flatMap((node) => node.outputs)
  return new Set(
    made.filter((name) => {
      const known = facts.get(name)
      return known !== undefined && (names ? names.has(name) : isCarried(known))
    }),
  )
}

async function runSegment(
  runtime: Runtime,
  options: InferenceSession.SessionOptions,
  bound: BoundGraph,
  segment: Segment,
  held: ReadonlyMap<string, Value>,
): Promise<ReadonlyMap<string, Value>> {
  const session = await runtime.InferenceSession.create(writeOnnxModel(segmentModel(bound, segment)), options)
  try {
    const feeds = segment.inputs.map((name) => [name, toTensor(runtime, valueAt(held, name))] as const)
    const results = await session.run(Object.fromEntries(feeds))
    return new Map(Object.entries(results).map(([name, tensor]) => [name, fromTensor(tensor as typeof tensor)]))
  } finally {
    await session.release()
  }
}

function valueAt(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name)
  if (!value) throw new TypeError(`the graph gave no tensor called "${name}"`)
  return value
}
