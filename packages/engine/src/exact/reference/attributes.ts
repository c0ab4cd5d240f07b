import type { OnnxAttribute, OnnxNode } from '../../onnx/model.ts'
import { Refusal } from './errors.ts'

type Kind = OnnxAttribute['kind']
type ValueOfKind = { [K in Kind]: Extract<OnnxAttribute, { kind: K }>['value'] }

/** The value of an attribute, `undefined` where the node leaves it out. Throws `Refusal` where it is of another kind. */
export function attribute<K extends Kind>(node: OnnxNode, name: string, kind: K): ValueOfKind[K] | undefined {
  const found = node.attributes.get(name)
  if (found === undefined) return undefined
  if (found.kind !== kind) throw new Refusal(`attribute ${name} is ${found.kind}, not ${kind}`)
  // The kind has been compared, which the compiler does not apply to a type parameter.
  return found.value as ValueOfKind[K]
}

/** Refuses any other value of an attribute than the one that the profile gives it; left out, it has ONNX's default, which is that one. */
export function requireAttribute(node: OnnxNode, name: string, expected: number | string): void {
  const found = node.attributes.get(name)
  if (found === undefined) return
  const values = Array.isArray(found.value) ? found.value : [found.value]
  if (values.some((value) => value !== expected)) throw new Refusal(`attribute ${name} is not ${expected}`)
}

/** A list of as many whole numbers as expected, each at least `least`; all `least` where left out. */
export function lengths(node: OnnxNode, name: string, count: number, least: number): readonly number[] {
  const found = attribute(node, name, 'ints') ?? new Array<number>(count).fill(least)
  if (found.length !== count || found.some((length) => length < least)) {
    throw new Refusal(`attribute ${name} is not ${count} numbers of at least ${least}`)
  }
  return found
}
