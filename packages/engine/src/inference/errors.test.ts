import { expect, test } from 'vitest'
import {
  InvalidModelError,
  InvalidRequestError,
  MissingRuntimeError,
  ModelClosedError,
  ModelCrashedError,
  ModelTooLongError,
} from './errors.ts'

test.each([
  new InvalidRequestError('ocr', 'one tensor is needed, 0 were given'),
  new InvalidModelError('ocr', '"rec.onnx" is missing'),
  new MissingRuntimeError(new Error("Cannot find package 'onnxruntime-node'")),
  new ModelClosedError('ocr'),
  new ModelCrashedError('ocr', 'It exited with code 1.'),
  new ModelTooLongError('ocr', 300_000),
])('$name says what happened, what to do, and whether to retry', (error) => {
  expect({ message: error.message, code: error.code, retry: error.retry }).toMatchSnapshot()
})
