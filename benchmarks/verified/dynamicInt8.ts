import type { OnnxModel, OnnxNode, OnnxTensor } from '@stoa/engine/onnx'

/**
 * A float32 model as ONNX Runtime's own dynamic quantisation (`quantize_dynamic`) leaves it: products with constant weights take bytes, of which the
 * activations are quantised anew in every run. Weights are symmetric i8 with one scale a tensor. The peer of the benchmark: its results
 * differ from machine to machine.
 */
export function dynamicInt8(model: OnnxModel): OnnxModel {
  const initializers = new Map(model.initializers)
  for (const { op, outputs, attributes } of model.nodes) {
    const value = attributes.get('value')
    if (op === 'Constant' && value?.kind === 'tensor') initializers.set(outputs[0] ?? '', value.value)
  }
  const nodes = model.nodes.flatMap((node): OnnxNode[] => {
    if (initializers.has(node.outputs[0] ?? '')) return []
    const weights = initializers.get(node.inputs[1] ?? '')
    if (weights?.type !== 'f32') return [node]
    if (node.op === 'MatMul' && weights.dims.length === 2) return quantised(node, weights, initializers)
    return node.op === 'Conv' ? quantised(node, weights, initializers) : [node]
  })
  const read = new Set(nodes.flatMap((node) => node.inputs))
  return { ...model, nodes, initializers: new Map([...initializers].filter(([name]) => read.has(name))) }
}

/** Seven bits (`reduce_range`), as ONNX Runtime advises for processors without VNNI: with eight its sums saturate there, as fast and wrong. */
const MOST = 63

type Initializers = Map<string, OnnxTensor>

function quantised(node: OnnxNode, weights: OnnxTensor & { type: 'f32' }, initializers: Initializers): OnnxNode[] {
  const [x = '', w = '', bias] = node.inputs
  const [y = ''] = node.outputs
  const most = weights.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
  const scale = most === 0 ? 1 : most / MOST
  const names = { weights: `${w}_i8`, scale: `${w}_scale`, zero: `${w}_zero` }
  initializers.set(names.weights, {
    ...{ type: 'i8', dims: weights.dims },
    data: Int8Array.from(weights.data, (value) => Math.round(value / scale)),
  })
  initializers.set(names.scale, { type: 'f32', dims: [], data: Float32Array.of(scale) })
  initializers.set(names.zero, { type: 'i8', dims: [], data: Int8Array.of(0) })
  const part = (what: string) => `${y}_${what}`
  const make = (op: string, inputs: string[], outputs: string[], attributes: OnnxNode['attributes'] = new Map()) => ({
    ...{ name: outputs[0] ?? '', op, domain: '', inputs, outputs, attributes },
  })
  const product = node.op === 'Conv' ? 'ConvInteger' : 'MatMulInteger'
  const result = bias ? part('scaled') : y
  const nodes = [
    make('DynamicQuantizeLinear', [x], [part('u8'), part('x_scale'), part('x_zero')]),
    make(product, [part('u8'), names.weights, part('x_zero'), names.zero], [part('i32')], node.attributes),
    make('Cast', [part('i32')], [part('f32')], new Map([['to', { kind: 'int', value: 1 }]])),
    make('Mul', [part('x_scale'), names.scale], [part('scale')]),
    make('Mul', [part('f32'), part('scale')], [result]),
  ]
  if (!bias) return nodes
  const values = initializers.get(bias)
  if (values?.type !== 'f32') throw new TypeError(`the bias "${bias}" of a convolution is not constant`)
  initializers.set(`${bias}_planes`, { ...values, dims: [1, values.data.length, 1, 1] })
  return [...nodes, make('Add', [result, `${bias}_planes`], [y])]
}
