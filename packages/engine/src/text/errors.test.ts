import { expect, test } from 'vitest'
import { InvalidTokenizerError, TextTooLongError, UnknownTokenError } from './errors.ts'

test.each([
  new InvalidTokenizerError('the byte 0xff has no token'),
  new UnknownTokenError(2048, 2048),
  new TextTooLongError(300_000_000, 268_435_456),
])('$message', (error) => {
  expect({ message: error.message, code: error.code, retry: error.retry }).toMatchSnapshot()
})
