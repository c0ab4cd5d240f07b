import type { Flow } from '@stoa/sdk/index-client'

/** Where value comes from, what it went through, where it went. */
export type NodeKind =
  | ('buyer' | 'stake' | 'earlier')
  | 'model'
  | ('owner' | 'provider' | 'beneficiary' | 'burned' | 'uncollected')
  | 'others'

export type FlowNode = {
  id: string
  column: 0 | 1 | 2
  kind: NodeKind
  /** An address, or a model's id; undefined for what is nobody's. */
  key: string | undefined
  /** Of `others`: how many. */
  count: number
  wei: bigint
}
export type Band = { from: string; to: string; wei: bigint }
export type Picture = { nodes: FlowNode[]; bands: Band[]; total: bigint }

const COLUMNS: Readonly<Record<Exclude<NodeKind, 'others'>, 0 | 1 | 2>> = {
  ...{ buyer: 0, stake: 0, earlier: 0 },
  model: 1,
  ...{ owner: 2, provider: 2, beneficiary: 2, burned: 2, uncollected: 2 },
}
/** What no number of others may swallow. */
const ALONE: ReadonlySet<NodeKind> = new Set(['earlier', 'burned', 'uncollected'])

/**
 * The index's bands as one picture in which every model passes on to the wei what came to it. What payers paid and owners and payees were credited of it differ by what
 * the sink has not collected yet, or collected of an earlier period: both have a place of their own. So has the stake that sellers lost.
 */
export function balanceFlows(flows: readonly Flow[]): Picture {
  const bands: [[NodeKind, string | undefined], [NodeKind, string | undefined], bigint][] = []
  const uncollected = new Map<string, bigint>()
  const owe = (model: string, wei: bigint) => uncollected.set(model, (uncollected.get(model) ?? 0n) + wei)
  for (const { kind, source, modelId, target, amount } of flows) {
    if (amount === 0n) continue
    const model = `${modelId}`
    const [from, to] = [source ?? undefined, target ?? undefined]
    if (kind === 'paid') {
      bands.push([['buyer', from], ['model', model], amount])
      owe(model, amount)
    } else if (kind === 'owner' || kind === 'payee') {
      bands.push([['model', model], [kind === 'owner' ? 'owner' : 'provider', to], amount])
      owe(model, -amount)
    } else {
      bands.push([['stake', from], ['model', model], amount])
      bands.push([['model', model], kind === 'slashed' ? ['beneficiary', to] : ['burned', undefined], amount])
    }
  }
  for (const [model, wei] of uncollected) {
    if (wei > 0n) bands.push([['model', model], ['uncollected', undefined], wei])
    if (wei < 0n) bands.push([['earlier', undefined], ['model', model], -wei])
  }
  const nodes = new Map<string, FlowNode>()
  const node = (kind: NodeKind, key: string | undefined) => {
    const id = key === undefined ? kind : `${kind}:${key}`
    if (kind !== 'others' && !nodes.has(id)) nodes.set(id, { id, column: COLUMNS[kind], kind, key, count: 1, wei: 0n })
    return id
  }
  const joined = joinBands(bands.map(([from, to, wei]) => ({ from: node(...from), to: node(...to), wei })))
  return weighed([...nodes.values()], joined)
}

/** The same picture with at most `most` nodes a column; the smaller ones are one node, and no wei is lost. */
export function gatherOthers({ nodes, bands }: Picture, most: number): Picture {
  const kept = new Map<string, string>()
  const result: FlowNode[] = []
  for (const column of [0, 1, 2] as const) {
    const own = nodes.filter((node) => node.column === column)
    const many = own.filter(({ kind }) => !ALONE.has(kind)).sort(byWei)
    const rest = many.length > most ? many.slice(most - 1) : []
    const id = `others:${column}`
    for (const { id: before } of rest) kept.set(before, id)
    const gone = new Set(rest)
    result.push(...own.filter((node) => !gone.has(node)))
    if (rest.length > 0) result.push({ id, column, kind: 'others', key: undefined, count: rest.length, wei: 0n })
  }
  const moved = bands.map(({ from, to, wei }) => ({ from: kept.get(from) ?? from, to: kept.get(to) ?? to, wei }))
  return weighed(result, joinBands(moved))
}

function joinBands(bands: readonly Band[]): Band[] {
  const joined = new Map<string, Band>()
  for (const { from, to, wei } of bands) {
    const key = `${from} ${to}`
    joined.set(key, { from, to, wei: (joined.get(key)?.wei ?? 0n) + wei })
  }
  return [...joined.values()].sort(byWei)
}

/** Nodes with what passes through each, greatest first, and the sum of it all. */
function weighed(nodes: readonly FlowNode[], bands: readonly Band[]): Picture {
  const through = new Map<string, bigint>()
  for (const { from, to, wei } of bands) {
    // A model has as much on either side: counting what comes in is enough.
    through.set(to, (through.get(to) ?? 0n) + wei)
    if (COLUMN_ZERO.test(from)) through.set(from, (through.get(from) ?? 0n) + wei)
  }
  const heavy = nodes.map((node) => ({ ...node, wei: through.get(node.id) ?? 0n })).sort(byWei)
  const total = heavy.reduce((sum, { column, wei }) => (column === 1 ? sum + wei : sum), 0n)
  return { nodes: heavy, bands: [...bands], total }
}

const COLUMN_ZERO = /^(buyer|stake|earlier|others:0)/

function byWei(a: { wei: bigint }, b: { wei: bigint }): number {
  return a.wei < b.wei ? 1 : a.wei > b.wei ? -1 : 0
}
