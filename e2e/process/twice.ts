import { writeOnnxModel } from '@stoa/engine/onnx'

/** y = x + x, of any length. */
export function twice(): Uint8Array {
  const value = (name: string) => ({ name, type: 'i64' as const, dims: ['n'] })
  const add = { name: 'add', op: 'Add', domain: '', inputs: ['x', 'x'], outputs: ['y'], attributes: new Map() }
  return writeOnnxModel({
    ...{ opset: 17, metadata: new Map(), initializers: new Map() },
    ...{ inputs: [value('x')], outputs: [value('y')], nodes: [add] },
  })
}
