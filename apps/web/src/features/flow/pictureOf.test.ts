import type { Flow } from '@stoa/sdk/index-client'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { layoutFlows } from './layoutFlows.ts'
import { type Picture, pictureOf } from './pictureOf.ts'

const address = fc.integer({ min: 1, max: 30 }).map((n): `0x${string}` => `0x${n.toString(16).padStart(40, '0')}`)
const account = fc.option(address)
const common = {
  modelId: fc.option(fc.bigInt({ min: 1n, max: 20n })),
  amount: fc.bigInt({ min: 0n, max: 2n ** 96n }),
}
const booked: fc.Arbitrary<Flow> = fc.oneof(
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
/** What an index tells: beside what was booked, what of it lies between two periods. */
const told = fc.array(booked, { maxLength: 200 }).map((flows): Flow[] => {
  const left = new Map<bigint | null, bigint>()
  for (const { kind, modelId, amount } of flows) {
    const sign = kind === 'paid' ? 1n : kind === 'owner' || kind === 'payee' ? -1n : 0n
    left.set(modelId, (left.get(modelId) ?? 0n) + sign * amount)
  }
  const between = [...left].map(([modelId, wei]): Flow => {
    const [kind, amount] = wei > 0n ? (['uncollected', wei] as const) : (['earlier', -wei] as const)
    return { kind, source: null, modelId, target: null, amount }
  })
  return [...flows, ...between]
})

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

it('passes on every wei, in every model and in all, those that are not told apart too', () => {
  fc.assert(
    fc.property(told, (flows) => {
      const picture = pictureOf(flows)
      expectBalance(picture)
      const kindless = flows.filter(({ source, target }) => source !== null || target !== null)
      const wei = (kind: string) => sum(picture.nodes.filter((node) => node.kind === kind))
      expect(picture.total).toBe(of(flows, 'paid', 'slashed', 'burned', 'earlier'))
      expect(wei('buyer')).toBe(of(kindless, 'paid'))
      expect(wei('owner') + wei('provider')).toBe(of(kindless, 'owner', 'payee'))
      for (const kind of ['burned', 'uncollected', 'earlier'] as const) expect(wei(kind)).toBe(of(flows, kind))
    }),
  )
})

it('draws nodes of a column one below the other, and bands within their nodes', () => {
  fc.assert(
    fc.property(told, (flows) => {
      const picture = pictureOf(flows)
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
