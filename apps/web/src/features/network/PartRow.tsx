import { useQuery } from '@tanstack/react-query'
import { healthQuery } from '../../data/health.ts'
import type { Part } from '../../data/home.ts'
import { formatDuration } from '../../lib/time.ts'
import { Badge } from '../../ui/Badge.tsx'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { Icon } from '../../ui/icons.tsx'
import { describeError } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'

const ROLES: Readonly<Record<Part['name'], string>> = {
  gateway: 'buys for you: OpenAI clients connect here',
  node: 'sells your models',
  chain: 'the ledger: contracts, money, commitments',
  index: 'the ledger’s events as tables',
}

/** One part: where it is, whether it answers, and what it says. */
export function PartRow({ part: { name, url } }: { part: Part }) {
  const { data: look, error } = useQuery(healthQuery(name))
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3" aria-busy={!look && !error}>
      <div className="w-24 font-medium capitalize">{name}</div>
      <div className="w-40">
        {error ? (
          <Badge tone="bad">
            <Icon name="question" />
            not known
          </Badge>
        ) : look ? (
          <Badge tone={look.ok ? 'good' : 'bad'}>
            <Icon name={look.ok ? 'check' : 'cross'} />
            {look.ok ? `answers in ${formatDuration(look.ms)}` : 'not well'}
          </Badge>
        ) : (
          <Skeleton className="h-6 w-28" />
        )}
      </div>
      <div className="min-w-0 grow basis-64 text-muted">
        {ROLES[name]}
        <span className="block text-sm">
          {error ? describeError(error).what : (look?.detail ?? <Skeleton className="my-0.5 h-4 w-40" />)}
        </span>
      </div>
      <span className="inline-flex items-center gap-0.5 font-mono text-[0.9em]">
        {url}
        <CopyButton text={url} what={`address of the ${name}`} />
      </span>
    </li>
  )
}
