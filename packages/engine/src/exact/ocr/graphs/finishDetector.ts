import { ELEMENT_CODE, type OnnxModel } from '../../../onnx/model.ts'
import { extendGraph } from './extendGraph.ts'

/**
 * Makes `det.onnx` of specs/exact-ocr.md from an exact graph of one image whose output is the odds, sixteenths of a natural logarithm, f32
 * [1, 1, H, W]. The result is checked where it is loaded.
 */
export function finishDetector(model: OnnxModel): OnnxModel {
  return extendGraph(model, {
    constants: {
      odds_lo: { type: 'f32', dims: [], data: Float32Array.of(-128) },
      odds_hi: { type: 'f32', dims: [], data: Float32Array.of(127) },
    },
    nodes: [
      { op: 'Clip', inputs: ['scores', 'odds_lo', 'odds_hi'], output: 'odds_clipped' },
      {
        op: 'Cast',
        inputs: ['odds_clipped'],
        output: 'odds',
        attributes: { to: { kind: 'int', value: ELEMENT_CODE.i8 } },
      },
    ],
    outputs: [{ name: 'odds', type: 'i8', dims: [1, 1, null, null] }],
  })
}
