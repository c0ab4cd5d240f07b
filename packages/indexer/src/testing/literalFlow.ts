import type { Hex } from '@stoa/protocol'
import type { Apart, Flow } from '@stoa/sdk/index-client'
import { readTables } from '../reference/readTables.ts'
import type { Ledger } from './ledger.ts'

/** A booking: who gave, what for, who got; an empty name where nobody did. */
type Booking = { day: number; kind: Flow['kind']; source: string; model: bigint; target: string; amount: bigint }
type Part = Exclude<keyof Apart, 'models'>

const SOURCES: Partial<Record<Flow['kind'], Part>> = { paid: 'buyers', slashed: 'stakes', burned: 'stakes' }
const TARGETS: Partial<Record<Flow['kind'], Part>> = { owner: 'owners', payee: 'payees', slashed: 'beneficiaries' }

/** Who was paid for what, booking by booking out of a literal reading of the chain, added up with no query at all. */
export async function openLiteralFlow({ test, deployment }: Ledger) {
  const { settlements = [], payments = [], credits = [], slashes = [] } = await readTables(test, deployment)
  const booking = (
    row: Record<string, unknown>,
    kind: Flow['kind'],
    source: unknown,
    target: unknown,
    wei: unknown,
  ) => {
    const [day, model, amount] = [Math.floor(Number(row.at) / 86_400), BigInt(`${row.model_id}`), BigInt(`${wei}`)]
    return { day, kind, source: `${source ?? ''}`, model, target: `${target ?? ''}`, amount }
  }
  const bookings: Booking[] = [
    ...settlements.map((row) => booking(row, 'paid', row.payer, null, row.paid)),
    ...payments.map((row) => booking(row, 'paid', row.payer, null, row.amount)),
    ...credits.map((row) => booking(row, row.role as 'owner' | 'payee', null, row.account, row.amount)),
    ...slashes.map((row) => booking(row, 'slashed', row.provider, row.beneficiary, row.paid)),
    ...slashes.map((row) => booking(row, 'burned', row.provider, null, row.burned)),
  ]
  const days = bookings.map(({ day }) => day)
  const within = (from: number, to: number) => bookings.filter(({ day }) => day >= from && day <= to)

  return {
    /** Days of the first and the last booking. */
    first: Math.min(...days),
    last: Math.max(...days),

    /** A period's bands, one a line, in the order of their text. */
    flows(from: number, to: number, apart: Apart): string[] {
      const sums = new Map<string, bigint>()
      const add = (kind: Flow['kind'], source: string, model: bigint, target: string, amount: bigint) => {
        const [sources, targets] = [SOURCES[kind], TARGETS[kind]]
        const shown = (name: string, part: Part | undefined) =>
          part && apart[part].includes(name as Hex) ? name : null
        const modelId = apart.models.includes(model) ? model : null
        const line = `${kind} ${shown(source, sources)} ${modelId} ${shown(target, targets)}`
        sums.set(line, (sums.get(line) ?? 0n) + amount)
      }
      const owed = new Map<bigint, bigint>()
      for (const { kind, source, model, target, amount } of within(from, to)) {
        add(kind, source, model, target, amount)
        const sign = kind === 'paid' ? 1n : kind === 'owner' || kind === 'payee' ? -1n : 0n
        owed.set(model, (owed.get(model) ?? 0n) + sign * amount)
      }
      for (const [model, wei] of owed) add(wei > 0n ? 'uncollected' : 'earlier', '', model, '', wei > 0n ? wei : -wei)
      return [...sums].flatMap(([line, wei]) => (wei > 0n ? [`${line} ${wei}`] : [])).sort()
    },

    /** The greatest of a period, greatest first: so many sources, models and receivers. */
    greatest(from: number, to: number, limit: number): Apart {
      const chosen = within(from, to)
      const top = (named: readonly (readonly [string, bigint])[]) => {
        const sums = new Map<string, bigint>()
        for (const [name, wei] of named) sums.set(name, (sums.get(name) ?? 0n) + wei)
        const key = (name: string) => name.split(' ')[1] ?? ''
        return [...sums]
          .sort(([a, x], [b, y]) => (x < y ? 1 : x > y ? -1 : key(a) < key(b) ? -1 : 1))
          .slice(0, limit)
          .map(([name]) => name)
      }
      const parties = (end: 'source' | 'target', parts: typeof SOURCES) =>
        top(
          chosen.flatMap((each) =>
            parts[each.kind] ? [[`${parts[each.kind]} ${each[end]}`, each.amount] as const] : [],
          ),
        )
      const all = [...parties('source', SOURCES), ...parties('target', TARGETS)]
      const of = (part: Part) =>
        all.filter((name) => name.startsWith(`${part} `)).map((name) => name.split(' ')[1] as Hex)
      const models = Map.groupBy(chosen, ({ model }) => model)
      const through = [...models].map(([model, list]) => {
        const sum = (...kinds: Flow['kind'][]) =>
          list.reduce((wei, { kind, amount }) => (kinds.includes(kind) ? wei + amount : wei), 0n)
        const [paid, credited] = [sum('paid'), sum('owner', 'payee')]
        const isAhead = paid > credited
        return [`model ${model}`, (isAhead ? paid : credited) + sum('slashed', 'burned')] as const
      })
      return {
        ...{ buyers: of('buyers'), stakes: of('stakes'), owners: of('owners'), payees: of('payees') },
        ...{ beneficiaries: of('beneficiaries'), models: top(through).map((name) => BigInt(name.split(' ')[1] ?? '')) },
      }
    },
  }
}
