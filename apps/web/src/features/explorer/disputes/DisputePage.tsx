import type { Hex } from '@stoa/protocol'
import { readMoves, walkOf } from '@stoa/sdk'
import { getGame, type IndexedGame, listMoves } from '@stoa/sdk/index-client'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { chainClient } from '../../../data/chain.ts'
import { useHome } from '../../../data/home.ts'
import { indexed } from '../../../data/indexed.ts'
import { Badge } from '../../../ui/Badge.tsx'
import { Fact } from '../../../ui/Fact.tsx'
import { Facts } from '../../../ui/Facts.tsx'
import { Page } from '../../../ui/Page.tsx'
import { Problem } from '../../../ui/Problem.tsx'
import { Section } from '../../../ui/Section.tsx'
import { Skeleton, SkeletonLines } from '../../../ui/Skeleton.tsx'
import { When } from '../../../ui/When.tsx'
import { AccountLink, ModelLink, OfferLink, Whole } from '../links.tsx'
import { NotThere } from '../NotThere.tsx'
import { OUTCOMES } from './DisputesPage.tsx'
import { GROUNDS } from './grounds.ts'
import { MoveList } from './MoveList.tsx'
import { Payouts } from './Payouts.tsx'
import { WalkPicture } from './WalkPicture.tsx'

const route = getRouteApi('/explorer/disputes/$id')

/** One dispute: from a whole computation to the number that decided it, who moved, and who paid. */
export function DisputePage() {
  const id = BigInt(route.useParams().id)
  const { data: game, error, refetch } = useQuery(indexed(getGame({ gameId: id })))
  return (
    <Page
      title={`Dispute ${id}`}
      lead={game ? <Story game={game} /> : undefined}
      aside={game && <Badge tone={OUTCOMES[game.status].tone}>{OUTCOMES[game.status].words}</Badge>}
    >
      {error && !game && <Problem error={error} onRetry={() => void refetch()} />}
      {game === undefined && !error && <SkeletonLines count={6} />}
      {game === null && <NotThere title="There is no such dispute">Disputes count from 1.</NotThere>}
      {game && <Played game={game} />}
    </Page>
  )
}

function Story({ game }: { game: IndexedGame }) {
  const { status, ground } = game
  return (
    <>
      <AccountLink address={game.challenger} /> says that an answer of <ModelLink id={game.modelId} /> by{' '}
      <AccountLink address={game.provider} /> is wrong. {status === 'on' && 'It is being played.'}
      {status === 'dismissed' && 'The answer stands, and the challenger lost its bond.'}
      {status === 'convicted' && `The seller was convicted: ${GROUNDS[ground ?? ''] ?? ground}.`}
    </>
  )
}

function Played({ game }: { game: IndexedGame }) {
  const { walk, last, error } = useWalk(game.id)
  return (
    <div className="space-y-8">
      <Facts columns={4}>
        <Fact name="Seller">
          <AccountLink address={game.provider} />
        </Fact>
        <Fact name="Challenger">
          <AccountLink address={game.challenger} />
        </Fact>
        <Fact name="Buyer">
          <AccountLink address={game.payer} />
        </Fact>
        <Fact name="Offer">
          <OfferLink id={game.offerId} />
        </Fact>
        <Fact name="Began">
          <When at={game.openedAt} />
        </Fact>
        <Fact name="Ended">{game.endedAt === null ? 'not yet' : <When at={game.endedAt} />}</Fact>
        <Fact name="Receipt" className="col-span-2">
          <Whole value={game.receiptDigest} what="receipt" />
        </Fact>
      </Facts>
      {error && <Problem error={error} />}
      {!walk && !error && <Skeleton className="panel h-96" />}
      {walk && (
        <>
          {walk.levels.length > 0 && (
            <Section title="From the whole computation to the lie">
              <WalkPicture levels={walk.levels} isConvicted={game.status === 'convicted'} />
            </Section>
          )}
          <Section title="Who moved">
            <MoveList steps={walk.steps} />
          </Section>
        </>
      )}
      {game.status !== 'on' && last && (
        <Section title="Who paid">
          <Payouts transaction={last} />
        </Section>
      )}
    </div>
  )
}

/** The moves as they were sent: the index says in which transactions, the chain what was in them. */
function useWalk(gameId: bigint) {
  const { deployment } = useHome()
  const { data: moves, error: unindexed } = useQuery(indexed(listMoves({ gameId })))
  const transactions = useMemo(() => [...new Set(moves?.map(({ tx }) => tx))], [moves])
  const { data: walk, error: unread } = useQuery({
    queryKey: ['chain', 'moves', `${gameId}`, transactions.length],
    queryFn: async () => walkOf(await readMoves(chainClient(deployment.chainId), { transactions })),
    enabled: transactions.length > 0,
  })
  const last: Hex | undefined = transactions.at(-1)
  return { walk, last, error: walk ? null : (unindexed ?? unread) }
}
