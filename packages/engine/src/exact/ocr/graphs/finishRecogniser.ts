import { ELEMENT_CODE, type OnnxAttribute, type OnnxModel, type OnnxTensor } from '../../../onnx/model.ts'
import { extendGraph } from './extendGraph.ts'

/**
 * Makes `rec.onnx` of specs/exact-ocr.md from an exact graph of one strip whose output are the scores of so many classes, sixteenths of a
 * natural logarithm, f32 [1, W / 8, classes]. The result is checked where it is loaded.
 */
export function finishRecogniser(model: OnnxModel, classes: number): OnnxModel {
  return extendGraph(model, {
    constants: {
      classes_axis: indices(2),
      blank_from: indices(0),
      blank_to: indices(1),
      space_from: indices(classes - 1),
      space_to: indices(classes),
    },
    nodes: [
      { op: 'ArgMax', inputs: ['scores'], output: 'best_index', attributes: { axis: int(2), keepdims: int(0) } },
      { op: 'Cast', inputs: ['best_index'], output: 'best', attributes: TO_I32 },
      { op: 'ReduceMax', inputs: ['scores', 'classes_axis'], output: 'best_score' },
      { op: 'Slice', inputs: ['scores', 'blank_from', 'blank_to', 'classes_axis'], output: 'blank_score' },
      { op: 'Slice', inputs: ['scores', 'space_from', 'space_to', 'classes_axis'], output: 'space_score' },
      { op: 'Concat', inputs: ['blank_score', 'space_score'], output: 'gap_scores', attributes: { axis: int(2) } },
      { op: 'Sub', inputs: ['best_score', 'gap_scores'], output: 'gap_leads' },
      { op: 'Cast', inputs: ['gap_leads'], output: 'leads', attributes: TO_I32 },
    ],
    outputs: [
      { name: 'best', type: 'i32', dims: [1, null] },
      { name: 'leads', type: 'i32', dims: [1, null, 2] },
    ],
  })
}

const int = (value: number): OnnxAttribute => ({ kind: 'int', value })
const indices = (...values: number[]): OnnxTensor => ({
  type: 'i64',
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
})
const TO_I32 = { to: int(ELEMENT_CODE.i32) }
