import type { Address } from '@stoa/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBodyBudget } from './readBody.ts'

const payer = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`
const held = (budget: ReturnType<typeof createBodyBudget>, of: Address, bytes: number) => {
  const memory = budget.reserve().of(of)
  memory.take(bytes)
  return memory
}

test('one payer alone can have half; there is room left for the first body of another', () => {
  const budget = createBodyBudget(100)
  for (let n = 0; n < 5; n++) held(budget, payer(1), 10)
  expect(() => held(budget, payer(1), 10)).toThrow('at its limit of memory')
  held(budget, payer(2), 30)
  expect(() => held(budget, payer(2), 1)).toThrow('at its limit of memory')
})

test('strangers share one account, until they show who they are', () => {
  const budget = createBodyBudget(100)
  const [one, other] = [budget.reserve(), budget.reserve()]
  one.take(40)
  expect(() => other.take(40)).toThrow('at its limit of memory')
  one.of(payer(1))
  other.take(40)
})

test('whatever is taken and freed: never more than there is, of nobody more than what was free, and all of it comes back', () => {
  const step = fc.record({
    who: fc.integer({ min: 0, max: 3 }),
    bytes: fc.integer({ min: 1, max: 60 }),
    free: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const budget = createBodyBudget(100)
      const taken: { who: number; bytes: number; free(): void }[] = []
      const sum = (who?: number) =>
        taken.reduce((all, each) => all + (who === undefined || each.who === who ? each.bytes : 0), 0)
      for (const { who, bytes, free } of steps) {
        if (free) {
          taken.shift()?.free()
          continue
        }
        const fits = sum(who) + bytes <= 100 - sum()
        const take = () => taken.push({ who, bytes, free: held(budget, payer(who), bytes).free })
        if (fits) take()
        else expect(take).toThrow('at its limit of memory')
        expect(sum()).toBeLessThanOrEqual(100)
      }
      for (const { free } of taken) free()
      held(budget, payer(9), 50)
    }),
  )
})
