import type { Flow } from '@stoa/sdk/index-client'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { balanceFlows, gatherOthers, type Picture } from './balanceFlows.ts'
import { layoutFlows } from './layoutFlows.ts'

const account = fc.integer({ min: 1, max: 30 }).map((n): `0x${string}` => `0x${n.toString(16).padStart(40, '0')}`)
const common = { modelId: fc.bigInt({ min: 1n, max: 20n }), amount: fc.bigInt({ min: 0n, max: 2n ** 96n }) }
const flow: fc.Arbitrary<Flow> = fc.oneof(
  fc.record({ kind: fc.constant('paid' as const), source: account, target: fc.constant(null), ...common }),
  fc.record({
    kind: fc.constantFrom('owner' as const, 'payee' as const),
    source: fc.constant(null),
    target: account,
    ...common,
  }),
  fc.record({ kind: fc.constant('slashed' as const), source: account, target: account, ...common }),
  fc.record({ kind: fc.constant('burned' as const), source: account, target: fc.constant(null), ...common }),
)

const sum = (list: readonly { wei: bigint }[]) => list.reduce((total, { wei }) => total + wei, 0n)
const of = (flows: readonly Flow[], ...kinds: Flow['kind'][]) =>
  flows.reduce((total, { kind, amount }) => (kinds.includes(kind) ? total + amount : total), 0n)

function expectBalance({ nodes, bands, total }: Picture) {
  for (const column of [0, 1, 2]) expect(sum(nodes.filter((node) => node.column === column))).toBe(total)
  for (const { id, column, wei } of nodes) {
    const [into, out] = [sum(bands.filter(({ to }) => to === id)), sum(bands.filter(({ from }) => from === id))]
    if (column > 0) expect(into).toBe(wei)
    if (column < 2) expect(out).toBe(wei)
  }
}

it('passes on every wei, in every model and in all, however many there are', () => {
  fc.assert(
    fc.property(fc.array(flow, { maxLength: 200 }), fc.integer({ min: 1, max: 10 }), (flows, most) => {
      const picture = balanceFlows(flows)
      expectBalance(picture)
      const wei = (kind: string) => sum(picture.nodes.filter((node) => node.kind === kind))
      expect(wei('buyer')).toBe(of(flows, 'paid'))
      expect(wei('owner') + wei('provider')).toBe(of(flows, 'owner', 'payee'))
      expect(wei('stake')).toBe(of(flows, 'slashed', 'burned'))
      expect(wei('burned')).toBe(of(flows, 'burned'))
      const gathered = gatherOthers(picture, most)
      expectBalance(gathered)
      expect(gathered.total).toBe(picture.total)
      for (const column of [0, 1, 2])
        expect(gathered.nodes.filter((node) => node.column === column).length).toBeLessThanOrEqual(most + 2)
    }),
  )
})

it('draws nodes of a column one below the other, and bands within their nodes', () => {
  fc.assert(
    fc.property(fc.array(flow, { minLength: 1, maxLength: 60 }), (flows) => {
      const picture = gatherOthers(balanceFlows(flows), 8)
      fc.pre(picture.total > 0n)
      const { nodes, bands, height } = layoutFlows(picture, 900)
      for (const column of [0, 1, 2]) {
        const own = nodes.filter((node) => node.column === column).sort((a, b) => a.y - b.y)
        for (const [i, { y, height: h }] of own.entries()) {
          expect(y).toBeGreaterThanOrEqual((own[i - 1]?.y ?? 0) + (own[i - 1]?.height ?? 0))
          expect(y + h).toBeLessThanOrEqual(height + 1e-6)
        }
      }
      for (const { from, to, fromY, toY, thickness } of bands) {
        const [a, b] = [nodes.find(({ id }) => id === from), nodes.find(({ id }) => id === to)]
        expect(fromY).toBeGreaterThanOrEqual((a?.y ?? 0) - 1e-6)
        expect(fromY + thickness).toBeLessThanOrEqual((a?.y ?? 0) + (a?.height ?? 0) + 1e-6)
        expect(toY).toBeGreaterThanOrEqual((b?.y ?? 0) - 1e-6)
        expect(toY + thickness).toBeLessThanOrEqual((b?.y ?? 0) + (b?.height ?? 0) + 1e-6)
      }
    }),
  )
})

it('shows what the sink has yet to collect, and what it collected of earlier days', () => {
  const buyer = '0x00000000000000000000000000000000000000b1'
  const owner = '0x00000000000000000000000000000000000000a1'
  const { nodes } = balanceFlows([
    { kind: 'paid', source: buyer, modelId: 1n, target: null, amount: 10n },
    { kind: 'owner', source: null, modelId: 1n, target: owner, amount: 3n },
    { kind: 'owner', source: null, modelId: 2n, target: owner, amount: 5n },
  ])
  expect(nodes.find(({ kind }) => kind === 'uncollected')?.wei).toBe(7n)
  expect(nodes.find(({ kind }) => kind === 'earlier')?.wei).toBe(5n)
})
