import { Amount } from '../../ui/Amount.tsx'
import type { Band, FlowNode, Picture } from './balanceFlows.ts'
import { type Names, nodeName, PARTS } from './nodeWords.ts'

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
      <table className="w-full text-left">
        <caption className="heading pb-2 text-left text-lg">{title}</caption>
        <thead className="text-xs text-muted">
          <tr>
            <th className="pr-3 pb-1 font-normal">From</th>
            <th className="pr-3 pb-1 font-normal">To</th>
            <th className="pb-1 text-right font-normal">Amount</th>
          </tr>
        </thead>
        <tbody>
          {bands.map(({ from, to, wei }) => (
            <tr key={`${from} ${to}`} className="border-t border-line align-top">
              <Party node={byId.get(from)} names={names} />
              <Party node={byId.get(to)} names={names} />
              <td className="py-1.5 text-right">
                <Amount wei={wei} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="border-t border-line-strong">
            <th scope="row" colSpan={2} className="py-1.5 font-medium">
              In all
            </th>
            <td className="py-1.5 text-right font-medium">
              <Amount wei={total} />
            </td>
          </tr>
        </tfoot>
      </table>
    </div>
  )
}

function Party({ node, names }: { node: FlowNode | undefined; names: Names }) {
  if (!node) return <td />
  return (
    <td className="py-1.5 pr-3 break-words">
      <bdi>{nodeName(node, names)}</bdi>
      {node.key !== undefined && node.kind !== 'model' && (
        <span className="block text-xs text-muted">{PARTS[node.kind]}</span>
      )}
    </td>
  )
}
