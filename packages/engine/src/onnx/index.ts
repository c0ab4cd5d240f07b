export { InvalidOnnxError } from './errors.ts'
export type {
  ElementArray,
  ElementType,
  OnnxAttribute,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
} from './model.ts'
export { readOnnxModel } from './readOnnxModel.ts'
export { writeOnnxModel } from './writeOnnxModel.ts'
