import { BaseError } from '@stoa/protocol'

/** Bytes that are no ONNX file, or one that uses what the engine does not read. */
export class InvalidOnnxError extends BaseError {
  override name = 'InvalidOnnxError'
  constructor(why: string) {
    super(`The file is not an ONNX model that can be read: ${why}.`, {
      code: 'INVALID_MODEL',
      hint: 'Export the model again, as one file with its weights inside.',
    })
  }
}
