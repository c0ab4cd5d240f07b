import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ExactGraph } from '../../profile/index.ts'
import { machineSeed } from './machineSeed.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-seed-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const graph = (byte: number) => ({ bytes: Uint8Array.of(byte) }) as ExactGraph

test('a machine has one seed for a graph, another for another, and no two machines have the same', async () => {
  const [here, again, there] = [machineSeed(folder), machineSeed(folder), machineSeed(join(folder, 'there'))]
  const seed = await here(graph(1))
  expect(await again(graph(1))).toBe(seed)
  expect(await here(graph(2))).not.toBe(seed)
  expect(await there(graph(1))).not.toBe(seed)
  expect(readdirSync(folder).toSorted()).toEqual(['secret', 'there'])
})

test('where no secret can be kept, it lasts as long as the process', async () => {
  const [one, other] = [machineSeed('/dev/null/none'), machineSeed('/dev/null/none')]
  expect(await one(graph(1))).toBe(await one(graph(1)))
  expect(await other(graph(1))).not.toBe(await one(graph(1)))
  writeFileSync(join(folder, 'secret'), 'short')
  expect(await machineSeed(folder)(graph(1))).not.toBe(await machineSeed(folder)(graph(1)))
})
