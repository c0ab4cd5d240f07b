export { readOnnxModel, writeOnnxModel } from '../onnx/index.ts'
export { imageFeed } from './calibrate/imageFeed.ts'
export type { Feed, Feeds } from './calibrate/observe.ts'
export { readNpy } from './calibrate/readNpy.ts'
export { type CalibrateEmbeddingParameters, calibrateEmbedding } from './embedding/calibrateEmbedding.ts'
export {
  type ConvertExactEmbeddingParameters,
  type ConvertExactEmbeddingReturnType,
  convertExactEmbedding,
} from './embedding/convertExactEmbedding.ts'
export type { ImageInput, InputForm, InputLength, IntegerInput } from './emit/input.ts'
export { InvalidPlanError, InvalidSamplesError, UnsupportedOpError } from './errors.ts'
export {
  type ConvertOcrModelParameters,
  type ConvertOcrModelReturnType,
  convertOcrModel,
} from './ocr/convertOcrModel.ts'
export { convertOcrNetwork } from './ocr/convertOcrNetwork.ts'
export { OCR_NETWORKS, type OcrNetwork } from './ocr/ocrNetworks.ts'
export { type PlanOcrNetworksParameters, planOcrNetworks } from './ocr/planOcrNetworks.ts'
export { decodePlan, encodePlan, type PlanFile } from './plan/planFile.ts'
export type { Plan, PlannedGrid } from './plan/planGrids.ts'
export {
  type QuantizedModel,
  type QuantizeModelParameters,
  type QuantizeOptions,
  quantizeModel,
} from './quantizeModel.ts'
export { drawReport } from './report/drawReport.ts'
export { type MeasureQuantizationParameters, measureQuantization } from './report/measureQuantization.ts'
export { type QuantizeReport, renderReport } from './report/report.ts'
