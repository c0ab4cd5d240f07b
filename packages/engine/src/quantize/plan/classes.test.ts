import { expect, test } from 'vitest'
import { Classes } from './classes.ts'

test('names that were joined, directly or through others, are one class', () => {
  const classes = new Classes()
  classes.join('a', 'b')
  classes.join('c', 'd')
  expect(classes.of('a')).not.toBe(classes.of('c'))
  classes.join('d', 'b')
  classes.join('a', 'c')
  expect(new Set(['a', 'b', 'c', 'd'].map((name) => classes.of(name))).size).toBe(1)
  expect([classes.sizeOf('b'), classes.sizeOf('alone')]).toEqual([4, 1])
})
