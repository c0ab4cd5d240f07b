import { expect, test } from 'vitest'
import { InvalidCheckpointError, UnsupportedCheckpointError } from './errors.ts'

test.each([
  new InvalidCheckpointError('model.gguf', 'it ends in the middle of its header'),
  new InvalidCheckpointError('model.safetensors', 'there is no such file', { hint: 'Check the path.' }),
  new UnsupportedCheckpointError('config.json', 'the rope scaling "yarn"', { why: 'in rope_scaling' }),
  new UnsupportedCheckpointError('model.gguf', 'version 1 of GGUF', { hint: 'Convert the model again.' }),
])('$message', (error) => {
  expect({ message: error.message, code: error.code, retry: error.retry }).toMatchSnapshot()
})
