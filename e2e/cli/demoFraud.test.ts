import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stoaJson } from './stoa.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-fraud-'))
})
afterAll(() => rm(folder, { recursive: true }))

it('convicts a seller that turned one bit, pays to the wei, and draws the walk', async () => {
  const picture = join(folder, 'walk.svg')
  const result = await stoaJson(folder, 'demo', 'fraud', '--picture', picture)
  expect(result).toMatchObject({ verdict: 'convicted', truth: '22.10', picture })
  expect(result.told).not.toBe(result.truth)
  const wei: bigint[] = Object.values<string>(result.sheet).map(BigInt)
  expect(wei.reduce((sum, each) => sum + each, 0n)).toBe(0n)
  expect(result.sheet).toMatchObject({ "seller's stake": '-10000000', burned: '5000000', 'judge (bonds)': '0' })
  const names = result.moves.map(({ move }: { move: string }) => move)
  expect(names).toEqual(expect.arrayContaining(['challenge', 'commit', 'descend', 'open', 'reveal']))
  expect(names.at(-1)).toMatch(/^prove/)
  expect(BigInt(result.gas.seller) + BigInt(result.gas.challenger)).toBeLessThan(1_400_000n)
  expect(await readFile(picture, 'utf8')).toMatch(/^<svg [\s\S]*the seller committed[\s\S]*<\/svg>\n$/)
})
