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
  /** An address, or a model's id; undefined for what is nobody's, and for all others together. */
  key: string | undefined
  wei: bigint
}
export type Band = { from: string; to: string; wei: bigint }
export type Picture = { nodes: FlowNode[]; bands: Band[]; total: bigint }

type End = { kind: NodeKind; key: string | null }

const [EARLIER, UNCOLLECTED, BURNED] = (['earlier', 'uncollected', 'burned'] as const).map(
  (kind): End => ({ kind, key: '' }),
) as [End, End, End]

/** The bands of the index as nodes in three columns, with what passes through each, greatest first: in every model as much as out of it. */
export function pictureOf(flows: readonly Flow[]): Picture {
  const nodes = new Map<string, FlowNode>()
  const bands = new Map<string, Band>()
  const through = (column: 0 | 1 | 2, { kind, key }: End, wei: bigint) => {
    const id = key === null ? `others:${column}` : key === '' ? kind : `${kind}:${key}`
    const known = nodes.get(id)
    if (known) known.wei += wei
    else nodes.set(id, { id, column, kind: key === null ? 'others' : kind, key: key || undefined, wei })
    return id
  }
  const flow = (from: string, to: string, wei: bigint) => {
    const known = bands.get(`${from} ${to}`)
    if (known) known.wei += wei
    else bands.set(`${from} ${to}`, { from, to, wei })
  }
  let total = 0n
  for (const { kind, source, modelId, target, amount: wei } of flows) {
    if (wei === 0n) continue
    const { from, to } = endsOf(kind, source, target)
    const key = modelId === null ? null : `${modelId}`
    // A model has as much on either side: what comes in is counted.
    const model = through(1, { kind: 'model', key }, from ? wei : 0n)
    if (from) flow(through(0, from, wei), model, wei)
    if (to) flow(model, through(2, to, wei), wei)
    if (from) total += wei
  }
  return { nodes: [...nodes.values()].sort(byWei), bands: [...bands.values()].sort(byWei), total }
}

/** Where a band of the index begins and ends, besides the model that it goes through. */
function endsOf(kind: Flow['kind'], source: string | null, target: string | null): { from?: End; to?: End } {
  if (kind === 'paid') return { from: { kind: 'buyer', key: source } }
  if (kind === 'owner') return { to: { kind: 'owner', key: target } }
  if (kind === 'payee') return { to: { kind: 'provider', key: target } }
  if (kind === 'earlier') return { from: EARLIER }
  if (kind === 'uncollected') return { to: UNCOLLECTED }
  const from: End = { kind: 'stake', key: source }
  return { from, to: kind === 'burned' ? BURNED : { kind: 'beneficiary', key: target } }
}

function byWei(a: { wei: bigint }, b: { wei: bigint }): number {
  return a.wei < b.wei ? 1 : a.wei > b.wei ? -1 : 0
}
