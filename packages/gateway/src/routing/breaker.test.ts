import fc from 'fast-check'
import { expect, it } from 'vitest'
import { asked, type Breaker, CLOSED, failed, lets, released } from './breaker.ts'

const times = { coolDown: 100, maxCoolDown: 1_000 }

it('opens for twice as long with each failure, lets one call try after it, and closes with a success', () => {
  let breaker: Breaker = CLOSED
  let now = 0
  for (const pause of [100, 200, 400, 800, 1_000, 1_000]) {
    breaker = failed(breaker, now, times)
    expect(lets(breaker, now + pause - 1)).toBe(false)
    now += pause
    expect(lets(breaker, now)).toBe(true)
    breaker = asked(breaker, now)
    expect(lets(breaker, now)).toBe(false)
  }
  expect(lets(CLOSED, now)).toBe(true)
})

it('counts calls that fail together once', () => {
  const open = failed(CLOSED, 0, times)
  expect(failed(failed(open, 1, times), 99, times)).toEqual(open)
})

it('gives the trial to the next call when nobody was at fault', () => {
  const half = asked(failed(CLOSED, 0, times), 100)
  expect(lets(half, 100)).toBe(false)
  expect(lets(released(half), 100)).toBe(true)
})

type Step = { do: 'ask' | 'fail' | 'release' | 'succeed'; wait: number }
const steps = fc.array(
  fc.record<Step>({
    do: fc.constantFrom('ask', 'fail', 'release', 'succeed'),
    wait: fc.integer({ min: 0, max: 1_500 }),
  }),
)

it('whatever happens: open exactly for its pause, at most one trial after it, never open for longer than the bound', () => {
  fc.assert(
    fc.property(steps, (steps) => {
      let [breaker, now, trials]: [Breaker, number, number] = [CLOSED, 0, 0]
      for (const step of steps) {
        now += step.wait
        const mayGo = lets(breaker, now)
        const isHalfOpen = breaker.failures > 0 && now >= breaker.until
        expect(mayGo).toBe(breaker.failures === 0 || (isHalfOpen && trials === 0))
        if (step.do === 'ask' && mayGo) {
          breaker = asked(breaker, now)
          if (isHalfOpen) trials++
        }
        if (step.do === 'fail') {
          const before = breaker
          breaker = failed(breaker, now, times)
          if (breaker !== before) trials = 0
        }
        if (step.do === 'release') [breaker, trials] = [released(breaker), 0]
        if (step.do === 'succeed') [breaker, trials] = [CLOSED, 0]
        expect(trials).toBeLessThanOrEqual(1)
        expect(breaker.until - now).toBeLessThanOrEqual(times.maxCoolDown)
      }
    }),
  )
})
