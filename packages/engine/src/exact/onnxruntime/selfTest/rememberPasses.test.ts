import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadRuntime } from '../../../inference/onnx/loadRuntime.ts'
import type { Executor } from '../../executor.ts'
import type { ExactGraph } from '../../profile/index.ts'
import type { Verdict } from './createSelfTest.ts'
import { rememberPasses } from './rememberPasses.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-passes-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function ask(graphs: number[], verdict: Verdict) {
  const runtime = await loadRuntime()
  let tried = 0
  for (const byte of graphs) {
    const test = rememberPasses(async () => {
      tried++
      return verdict
    }, folder)
    expect(await test({ bytes: Uint8Array.of(byte) } as ExactGraph, runtime, {} as Executor)).toEqual(verdict)
  }
  return tried
}

test('a model is tried once on a machine, another model again', async () => {
  expect(await ask([1, 1, 2, 1], { passed: true, probes: 7 })).toBe(2)
})

test('two that open a model at once try it once', async () => {
  const tried = await Promise.all([1, 2, 3].map(() => ask([1], { passed: true, probes: 7 })))
  expect(tried.reduce((a, b) => a + b)).toBe(1)
})

test('a failure is tried again', async () => {
  expect(await ask([1, 1], { passed: false, why: 'wrong' })).toBe(2)
})

test('a damaged memory counts for nothing', async () => {
  await ask([1], { passed: true, probes: 7 })
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'seven')
  expect(await ask([1], { passed: true, probes: 7 })).toBe(1)
})

test('where nothing can be written the test is done all the same', async () => {
  rmSync(folder, { recursive: true })
  writeFileSync(folder, 'a file stands here')
  expect(await ask([1, 1], { passed: true, probes: 7 })).toBe(2)
})
