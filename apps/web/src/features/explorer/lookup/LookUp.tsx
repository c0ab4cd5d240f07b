import { useQuery } from '@tanstack/react-query'
import { Link, Navigate } from '@tanstack/react-router'
import { chainClient } from '../../../data/chain.ts'
import { useHome } from '../../../data/home.ts'
import { index } from '../../../data/indexed.ts'
import { modelsQuery } from '../../../data/models.ts'
import { useModelNames } from '../../../data/names.ts'
import { Empty } from '../../../ui/Empty.tsx'
import { shortHash } from '../../../ui/Hash.tsx'
import { Problem } from '../../../ui/Problem.tsx'
import { SkeletonLines } from '../../../ui/Skeleton.tsx'
import { Words } from '../../../ui/Words.tsx'
import { type Found, lookUp } from './lookUp.ts'

/** What a text leads to: straight there if it is one thing, else a choice. */
export function LookUp({ text }: { text: string }) {
  const { deployment } = useHome()
  const models = useModelNames()
  // Names are the gateway's to know: without them nothing is found by name, but that is no reason not to look.
  const { isPending } = useQuery(modelsQuery)
  const { data, error, refetch } = useQuery({
    queryKey: ['look up', text, models.size],
    queryFn: () => lookUp(text, { client: chainClient(deployment.chainId), index, models }),
    enabled: !isPending,
  })
  if (error) return <Problem error={error} onRetry={() => void refetch()} />
  if (!data) return <SkeletonLines count={3} />
  const [first, ...more] = data
  if (!first)
    return (
      <Empty icon="search" title="Nothing is known by that">
        <Words text={text} most={80} /> is no transaction, block, address, offer, disputed receipt or model here.{' '}
        <Link to="/explorer" search={{}} className="text-accent underline underline-offset-2">
          Show all events
        </Link>
      </Empty>
    )
  if (more.length === 0) return <Navigate {...addressOf(first)} replace />
  return (
    <ul className="panel divide-y divide-line">
      {data.map((found) => (
        <li key={`${found.kind} ${found.id}`}>
          <Link {...addressOf(found)} className="flex gap-3 px-4 py-3 hover:bg-sunken">
            <span className="w-28 text-muted capitalize">{found.kind}</span>
            <span className="text-accent">
              {found.kind === 'model' && found.name ? <Words text={found.name} most={80} /> : shortHash(found.id)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

function addressOf({ kind, id }: Found) {
  switch (kind) {
    case 'transaction':
      return { to: '/explorer/tx/$hash', params: { hash: id } } as const
    case 'block':
      return { to: '/explorer/block/$number', params: { number: id } } as const
    case 'account':
      return { to: '/explorer/address/$address', params: { address: id } } as const
    case 'offer':
      return { to: '/explorer/offer/$id', params: { id } } as const
    case 'model':
      return { to: '/models/$modelId', params: { modelId: id } } as const
    case 'dispute':
      return { to: '/explorer/disputes/$id', params: { id } } as const
  }
}
