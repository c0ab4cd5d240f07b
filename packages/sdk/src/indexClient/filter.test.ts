import fc from 'fast-check'
import { expect, it } from 'vitest'
import { filter, page } from './filter.ts'

it('numbers the values of the conditions that have one', () => {
  expect(filter({ 'a = ?': 1n, 'b = ?': undefined, '(c, d) < (?, ?)': [2, 3] })).toEqual({
    where: 'where a = $1 and (c, d) < ($2, $3)',
    params: [1n, 2, 3],
  })
  expect(filter({ 'a = ?': undefined })).toEqual({ where: '', params: [] })
})

it('never lets a value into the text', () => {
  const value = fc.oneof(fc.string(), fc.bigInt(), fc.integer())
  fc.assert(
    fc.property(value, value, (a, b) => {
      const { where, params } = filter({ 'a = ?': a, '(b = ? or c = ?)': [b, a] })
      expect(where).toBe('where a = $1 and (b = $2 or c = $3)')
      expect(params).toEqual([a, b, a])
    }),
  )
})

it('has one text for all pages', () => {
  const { where, params } = filter({ 'a = ?': 1 })
  expect(`${where} ${page(params, 20, 40)}`).toBe('where a = $1 limit $2 offset $3')
  expect(params).toEqual([1, 20, 40])
  expect(page(params, 7)).toBe('limit $4')
})
