import { createHash } from 'node:crypto'
import type { OnnxModel } from '../../onnx/model.ts'
import { readOnnxModel } from '../../onnx/readOnnxModel.ts'
import { InvalidPlanError } from '../errors.ts'
import { decodePlan } from '../plan/planFile.ts'
import { quantizeModel } from '../quantizeModel.ts'
import type { OcrNetwork } from './ocrNetworks.ts'

/** The exact graph of one network of PP-OCRv4 for its .onnx file: the same bytes everywhere. Throws `InvalidPlanError` for another file. */
export async function convertOcrNetwork(
  bytes: Uint8Array,
  { file, output, input, plan }: OcrNetwork,
): Promise<OnnxModel> {
  const { source, ...grids } = decodePlan(plan)
  if (createHash('sha256').update(bytes).digest('hex') !== source) {
    throw new InvalidPlanError(`it was made for another version of ${file}`)
  }
  const model = readOnnxModel(bytes)
  const name = model.inputs[0]?.name ?? ''
  const options = { inputs: new Map([[name, input]]), outputs: [output] }
  return (await quantizeModel({ model, calibration: { plan: grids }, options })).model
}
