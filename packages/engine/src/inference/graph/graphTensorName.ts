/** Longest name that a tensor may have (specs/tensors.md). */
const LONGEST = 32

/**
 * What the tensor is called that stands for a graph's input or output (specs/tasks.md, "graph"): ONNX's name in lower case, `_` for what a name may not hold, `x_` in front of one that
 * does not begin with a letter, and no more than 32 characters. A name that is one stays as it is.
 */
export function graphTensorName(onnx: string): string {
  const plain = onnx.toLowerCase().replace(/[^a-z0-9_]/g, '_')
  return (/^[a-z]/.test(plain) ? plain : `x_${plain}`).slice(0, LONGEST)
}
