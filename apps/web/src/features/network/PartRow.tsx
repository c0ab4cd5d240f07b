import type { Part } from '../../data/home.ts'
import { formatDuration } from '../../lib/time.ts'
import { Badge } from '../../ui/Badge.tsx'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { Icon } from '../../ui/icons.tsx'

const ROLES: Readonly<Record<Part['name'], string>> = {
  gateway: 'buys for you: OpenAI clients connect here',
  node: 'sells your models',
  chain: 'the ledger: contracts, money, commitments',
  index: 'the ledger’s events as tables',
}

/** One part: where it is, whether it answers, and what it says. */
export function PartRow({ part }: { part: Part }) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3">
      <div className="w-24 font-medium capitalize">{part.name}</div>
      <div className="w-36">
        <Badge tone={part.ok ? 'good' : 'bad'}>
          <Icon name={part.ok ? 'check' : 'cross'} />
          {part.ok ? `answers in ${formatDuration(part.ms)}` : 'does not answer'}
        </Badge>
      </div>
      <div className="min-w-0 grow basis-64 text-muted">
        {ROLES[part.name]}
        {part.detail && <span className="block text-sm">{part.detail}</span>}
      </div>
      <span className="inline-flex items-center gap-0.5 font-mono text-[0.9em]">
        {part.url}
        <CopyButton text={part.url} what={`address of the ${part.name}`} />
      </span>
    </li>
  )
}
