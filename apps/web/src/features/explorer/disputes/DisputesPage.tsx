import { type IndexedGame, listGames } from '@stoa/sdk/index-client'
import { useQuery } from '@tanstack/react-query'
import { indexed } from '../../../data/indexed.ts'
import { Badge, type Tone } from '../../../ui/Badge.tsx'
import { Empty } from '../../../ui/Empty.tsx'
import { Page } from '../../../ui/Page.tsx'
import { Problem } from '../../../ui/Problem.tsx'
import { SkeletonLines } from '../../../ui/Skeleton.tsx'
import { When } from '../../../ui/When.tsx'
import { AccountLink, GameLink, ModelLink } from '../links.tsx'
import { GROUNDS } from './grounds.ts'

/** Games that are shown. */
const MOST = 200

export const OUTCOMES: Readonly<Record<IndexedGame['status'], { tone: Tone; words: string }>> = {
  on: { tone: 'warn', words: 'being played' },
  convicted: { tone: 'bad', words: 'seller convicted' },
  dismissed: { tone: 'plain', words: 'answer stands' },
}

/** Every dispute about an answer, latest first. */
export function DisputesPage() {
  const { data, error, refetch } = useQuery(indexed(listGames({ limit: MOST })))
  return (
    <Page
      title="Disputes"
      lead="Answers that somebody took to the judge. A contract follows the seller’s own computation down to one number, and computes it."
    >
      {error && !data && <Problem error={error} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonLines count={5} />}
      {data?.length === 0 && (
        <Empty icon="check" title="Nobody disputed an answer yet">
          Gateways compute a share of exact answers again, and dispute what differs. To see one end to end, run{' '}
          <code className="font-mono whitespace-nowrap">npm run demo -- fraud</code>.
        </Empty>
      )}
      {data && data.length > 0 && (
        <ul className="panel divide-y divide-line">
          {data.map((game) => (
            <li key={String(game.id)} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-3">
              <span className="min-w-0 grow basis-80">
                <GameLink id={game.id} />: an answer of <ModelLink id={game.modelId} /> by{' '}
                <AccountLink address={game.provider} />
                {game.ground && <span className="text-muted">, {GROUNDS[game.ground] ?? game.ground}</span>}
              </span>
              <Badge tone={OUTCOMES[game.status].tone}>{OUTCOMES[game.status].words}</Badge>
              <span className="text-sm text-muted">
                {game.moves} moves, <When at={game.openedAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Page>
  )
}
