import { expect, test } from 'vitest'
import { readAlphabet } from './readAlphabet.ts'

test.each(['a\nb\n', 'a\nb', 'a\r\nb\r\n'])('has a class for each line of %j, and the space', (file) => {
  expect(readAlphabet(file)).toEqual(['a', 'b', ' '])
})
