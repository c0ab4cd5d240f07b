import { tensorDigest } from '@stoa/protocol'
import { expect, test } from 'vitest'
import { readKeys } from './reading/readKeys.ts'
import { traceLiterally } from './reference/traceLiterally.ts'
import { barsPage } from './testing/barsPage.ts'
import { TINY_KEYS, tinyNetworks } from './testing/tinyGraphs.ts'
import { tracePage } from './tracePage.ts'

test('commits to what the specification says, step by step', async () => {
  const [networks, keys, page] = [tinyNetworks(), new TextEncoder().encode(`${TINY_KEYS.join('\n')}\n`), barsPage()]
  const { entries, response } = await tracePage(networks, readKeys(keys), page)
  const literal = await traceLiterally(networks, keys, page)
  expect(entries.map(({ name }) => name)).toEqual([
    ...['image', 'keys', 'across', 'image', 'odds', 'scan', 'pieces', 'windows'],
    ...Array.from({ length: 3 }, () => ['across', 'image', 'best', 'leads', 'spelling', 'reading']).flat(),
    ...['rows', 'places', 'text', 'lines', 'boxes'],
  ])
  expect(entries).toEqual(literal.entries.map((tensor) => ({ name: tensor.name, digest: tensorDigest(tensor) })))
  expect(response).toEqual(literal.response)
  expect(new TextDecoder().decode(response[0]?.data)).toBe('aba bab\nab')
})
