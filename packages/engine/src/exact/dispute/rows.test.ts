import type { Hex } from '@stoa/protocol'
import { expect, test } from 'vitest'
import { dataStep, traceStep } from './rows.ts'
import { RUN, STEPS } from './stage.ts'

const NO_FOLDS = `0x${'00'.repeat(32)}` as const

function walk(depth: number, step: (depth: number) => number): number[] {
  const steps: number[] = []
  for (let left = depth; step(left) > 0; left -= step(left)) steps.push(step(left))
  return steps
}

const traceWalk = (depth: number, folds: Hex) => walk(depth, (left) => traceStep(left, folds))

test('a trace is posted in the fewest rows of at most 128 nodes, as even as can be', () => {
  expect([0, 1, 7, 8, 9, 14, 15].map((depth) => traceWalk(depth, NO_FOLDS))).toEqual([
    ...[[], [1], [7], [4, 4], [5, 4], [7, 7], [5, 5, 5]],
  ])
})

test('that of steps in rows of 256 nodes, and that of a run among them in rows of 512', () => {
  expect([7, 8, 9, 11].map((depth) => traceWalk(depth, STEPS))).toEqual([[7], [8], [5, 4], [6, 5]])
  expect([7, 8, 9, 10].map((depth) => traceWalk(depth, RUN))).toEqual([[7], [8], [9], [5, 5]])
})

test('data are posted in rows until 16 leaves or fewer are left, which are shown', () => {
  for (let depth = 0; depth <= 40; depth++) {
    const steps = walk(depth, dataStep)
    const left = depth - steps.reduce((sum, step) => sum + step, 0)
    expect(left).toBeLessThanOrEqual(4)
    expect(Math.max(0, ...steps)).toBeLessThanOrEqual(7)
    expect(steps).toHaveLength(Math.max(0, Math.ceil((depth - 4) / 7)))
  }
})
