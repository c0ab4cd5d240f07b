import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLanes, type Lane } from './lanes.ts'

const OFFERS = [`0x${'0a'.repeat(32)}`, `0x${'0b'.repeat(32)}`] as const

test('whatever is charged or lost: no two calls share a lane, no voucher repeats, and each covers its call', () => {
  const step = fc.record({
    offer: fc.constantFrom(...OFFERS),
    ceiling: fc.bigInt(0n, 1_000n),
    answer: fc.constantFrom('later', 'lost', 'now'),
    share: fc.nat(110),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const lanes = createLanes()
      const seen = new Set<string>()
      const busy = new Set<bigint>()
      const settle = (lane: Lane, share: number) => {
        const charge = ((lane.signed - lane.charged) * BigInt(share)) / 100n
        const [before, reach] = [lane.charged, lane.charged + charge]
        const honest = reach <= lane.signed
        expect(lanes.settle(lane, reach)).toBe(honest)
        expect(lane.charged).toBe(honest ? reach : before)
        if (honest) busy.delete(lane.number)
      }
      const later: [Lane, number][] = []
      for (const { offer, ceiling, answer, share } of steps) {
        const lane = lanes.take(offer, ceiling)
        expect(busy.has(lane.number)).toBe(false)
        expect(lane.number < 1n << 63n).toBe(true)
        expect(lane.signed >= lane.charged + ceiling).toBe(true)
        const voucher = `${lane.number}:${lane.signed}`
        expect(seen.has(voucher)).toBe(false)
        seen.add(voucher)
        busy.add(lane.number)
        if (answer === 'now') settle(lane, share)
        else if (answer === 'later') later.push([lane, share])
        if (later.length > 3) settle(...(later.shift() ?? [lane, 0]))
      }
    }),
  )
})
