import { isHex } from 'viem'
import { Amount } from '../../ui/Amount.tsx'
import { SumTable } from '../../ui/SumTable.tsx'
import { AccountLink, ModelLink } from '../explorer/links.tsx'
import { type Names, nodeName, PARTS } from './nodeWords.ts'
import type { Band, FlowNode, Picture } from './pictureOf.ts'

/** The flow in words and sums: what came to each model, and where it went. */
export function FlowTable({ picture: { nodes, bands, total }, names }: { picture: Picture; names: Names }) {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const into = bands.filter(({ to }) => byId.get(to)?.column === 1)
  const out = bands.filter(({ from }) => byId.get(from)?.column === 1)
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <Side title="What came in" {...{ bands: into, byId, names, total }} />
      <Side title="Where it went" {...{ bands: out, byId, names, total }} />
    </div>
  )
}

type SideProps = {
  title: string
  bands: readonly Band[]
  byId: ReadonlyMap<string, FlowNode>
  names: Names
  total: bigint
}

function Side({ title, bands, byId, names, total }: SideProps) {
  return (
    <div className="panel self-start overflow-x-auto px-4 py-3">
      <SumTable
        caption={<caption className="heading pb-2 text-left text-lg">{title}</caption>}
        rows={bands}
        keyOf={({ from, to }) => `${from} ${to}`}
        columns={[
          { name: 'From', cell: ({ from }) => <Party node={byId.get(from)} names={names} /> },
          { name: 'To', cell: ({ to }) => <Party node={byId.get(to)} names={names} /> },
          { name: 'Amount', isNumber: true, cell: ({ wei }) => <Amount wei={wei} />, sum: <Amount wei={total} /> },
        ]}
      />
    </div>
  )
}

function Party({ node, names }: { node: FlowNode | undefined; names: Names }) {
  if (!node) return null
  return (
    <>
      <PartyName node={node} names={names} />
      {node.key !== undefined && node.kind !== 'model' && (
        <span className="block text-xs text-muted">{PARTS[node.kind]}</span>
      )}
    </>
  )
}

/** A link to what has a page of its own. */
function PartyName({ node, names }: { node: FlowNode; names: Names }) {
  const { kind, key } = node
  if (kind === 'model' && key !== undefined) return <ModelLink id={BigInt(key)} />
  return isHex(key) ? <AccountLink address={key} /> : <bdi>{nodeName(node, names)}</bdi>
}
