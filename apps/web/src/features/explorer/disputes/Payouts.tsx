import type { Hex } from '@stoa/protocol'
import { listEvents } from '@stoa/sdk/index-client'
import { useQuery } from '@tanstack/react-query'
import { indexed } from '../../../data/indexed.ts'
import { Problem } from '../../../ui/Problem.tsx'
import { Skeleton } from '../../../ui/Skeleton.tsx'
import { Sentence } from '../Sentence.tsx'
import { eventWords } from '../words/eventWords.ts'

/** What moves money in the transaction of a verdict. */
const TELLS: ReadonlySet<string> = new Set(['token.Transfer', 'arbiter.Credited', 'providerRegistry.Slashed'])

/** Who lost and who got what, from the transaction that ended the game. */
export function Payouts({ transaction }: { transaction: Hex }) {
  const question = listEvents({ tx: transaction })
  const { data, error, refetch } = useQuery(indexed(question))
  if (error && !data) return <Problem error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton className="panel h-24" />
  const told = data.filter(({ contract, name }) => TELLS.has(`${contract}.${name}`)).reverse()
  if (told.length === 0)
    return <p className="text-muted">The verdict moved no money: the receipt had cost all it can.</p>
  return (
    <ol className="panel divide-y divide-line">
      {told.map((event) => (
        <li key={event.logIndex} className="px-4 py-2.5">
          <Sentence parts={eventWords(event)} />
        </li>
      ))}
    </ol>
  )
}
