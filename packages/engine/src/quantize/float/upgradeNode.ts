import type { OnnxNode } from '../../onnx/model.ts'

/** Stores a vector of integers and returns its name. */
export type StoreIntegers = (values: readonly number[]) => string

/** Operators whose lists of integers were attributes before some operator set, and which input they are now. */
const MOVED_TO_INPUTS: Readonly<Record<string, { before: number; lists: readonly string[] }>> = {
  Slice: { before: 10, lists: ['starts', 'ends', 'axes'] },
  Squeeze: { before: 13, lists: ['axes'] },
  Unsqueeze: { before: 13, lists: ['axes'] },
  Split: { before: 13, lists: ['split'] },
  ReduceSum: { before: 13, lists: ['axes'] },
  ReduceMean: { before: 18, lists: ['axes'] },
  ReduceMax: { before: 18, lists: ['axes'] },
  ReduceMin: { before: 18, lists: ['axes'] },
  Pad: { before: 11, lists: ['pads'] },
}

/** A node of operator set 9 to 18 in the form of set 18, where lists of integers moved from attributes to inputs. */
export function upgradeNode(node: OnnxNode, opset: number, store: StoreIntegers): OnnxNode {
  const moved = MOVED_TO_INPUTS[node.op]
  if (!moved || opset >= moved.before || node.domain !== '') return node
  const attributes = new Map(node.attributes)
  const lists = moved.lists.map((name) => {
    const list = attributes.get(name)
    attributes.delete(name)
    return list?.kind === 'ints' ? store(list.value) : ''
  })
  while (lists.at(-1) === '') lists.pop()
  return { ...node, inputs: [...node.inputs.slice(0, 1), ...lists], attributes }
}
