export {
  type ConvertEmbeddingModelParameters,
  type ConvertEmbeddingModelReturnType,
  convertEmbeddingModel,
} from './convertEmbeddingModel.ts'
export { InvalidTfjsModelError, UnsupportedOpError } from './errors.ts'
export { type TfjsToOnnxParameters, tfjsToOnnx } from './tfjsToOnnx.ts'
