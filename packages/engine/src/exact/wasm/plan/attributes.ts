import type { OnnxNode } from '../../../onnx/model.ts'

/** Attributes of nodes that the loader has checked; what is left out has ONNX's default. */
export function intOf(node: OnnxNode, name: string, otherwise: number): number {
  const found = node.attributes.get(name)
  return found?.kind === 'int' ? found.value : otherwise
}

export function floatOf(node: OnnxNode, name: string, otherwise: number): number {
  const found = node.attributes.get(name)
  return found?.kind === 'float' ? found.value : otherwise
}

export function intsOf(node: OnnxNode, name: string, otherwise: readonly number[]): readonly number[] {
  const found = node.attributes.get(name)
  return found?.kind === 'ints' ? found.value : otherwise
}

/** Top, left, bottom, right; and strides down and across. */
export function windowOf(node: OnnxNode): { top: number; left: number; down: number; across: number } {
  const [top = 0, left = 0] = intsOf(node, 'pads', [])
  const [down = 1, across = 1] = intsOf(node, 'strides', [])
  return { top, left, down, across }
}

/** An axis counted from the front. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)
