import { writeOnnxModel } from '@stoa/engine/onnx'

/** y = a / b, an ordinary float network whose names are none of tensors here. */
export function divideGraph(): Uint8Array {
  return writeOnnxModel({
    ...{ opset: 17, metadata: new Map(), initializers: new Map() },
    inputs: ['Top:0', 'Bottom'].map((name) => ({ name, type: 'f32', dims: ['n'] })),
    outputs: [{ name: 'Quotient', type: 'f32', dims: ['n'] }],
    nodes: [
      {
        ...{ name: 'div', op: 'Div', domain: '', inputs: ['Top:0', 'Bottom'], outputs: ['Quotient'] },
        attributes: new Map(),
      },
    ],
  })
}
