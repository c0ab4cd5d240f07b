import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { erf, exp, gelu, log, power, powerOfTwo, sigmoid, silu, sinCos, tanh } from './functions.ts'

const within = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const close = (ours: number, theirs: number, error = 1e-14) => {
  expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(error * Math.max(1, Math.abs(theirs)))
}

describe('functions of real numbers', () => {
  test('agree with the engine up to its own last bits', () => {
    fc.assert(fc.property(within(-700, 700), (x) => close(exp(x), Math.exp(x))))
    fc.assert(fc.property(within(1e-300, 1e300), (x) => close(log(x), Math.log(x))))
    fc.assert(fc.property(within(0.001, 1000), within(-5, 5), (x, y) => close(power(x, y), x ** y, 1e-13)))
    fc.assert(
      fc.property(within(-1e5, 1e5), (x) => {
        const [sin, cos] = sinCos(x)
        close(sin, Math.sin(x))
        close(cos, Math.cos(x))
      }),
    )
    fc.assert(fc.property(within(-50, 50), (x) => close(tanh(x), Math.tanh(x))))
    fc.assert(fc.property(within(-50, 50), (x) => close(silu(x), x / (1 + Math.exp(-x)))))
  })

  test('have the values that tables print', () => {
    // Abramowitz and Stegun, table 7.1.
    close(erf(0.5), 0.5204998778130465)
    close(erf(1), 0.8427007929497149)
    close(erf(2), 0.9953222650189527)
    close(erf(-3.5), -0.9999992569016276)
    close(gelu(1), 0.8413447460685429)
    expect([exp(0), exp(-1000), log(1), sigmoid(0), tanh(0), powerOfTwo(-1074)]).toEqual([1, 0, 0, 0.5, 0, 5e-324])
  })

  test('give the same bits wherever they run', () => {
    const bits = [exp(-1.7), log(10000), power(10000, -1 / 16), sinCos(200.5)[0], erf(0.3), silu(-2.25)].map((x) =>
      new BigUint64Array(Float64Array.of(x).buffer).at(0)?.toString(16),
    )
    expect(bits).toMatchInlineSnapshot(`
      [
        "3fc7622c78a98a07",
        "40226bb1bbb55515",
        "3fe1feb33c1c381e",
        "bfe10cdd16148431",
        "3fd50838881dea11",
        "bfcb75ece39ca3a6",
      ]
    `)
  })
})
