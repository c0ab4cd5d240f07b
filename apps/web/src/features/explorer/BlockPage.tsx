import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { BlockNotFoundError } from 'viem'
import { getBlock } from 'viem/actions'
import { chainClient } from '../../data/chain.ts'
import { useHome } from '../../data/home.ts'
import { groupDigits } from '../../lib/groupDigits.ts'
import { Fact } from '../../ui/Fact.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Hash } from '../../ui/Hash.tsx'
import { Page } from '../../ui/Page.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { SkeletonLines } from '../../ui/Skeleton.tsx'
import { When } from '../../ui/When.tsx'
import { TransactionLink } from './links.tsx'
import { NotThere } from './NotThere.tsx'
import { WhatHappened } from './WhatHappened.tsx'

const route = getRouteApi('/explorer/block/$number')
const LINK = 'text-accent underline underline-offset-2'

/** One block: its transactions, and what they did. */
export function BlockPage() {
  const number = Number(route.useParams().number)
  const { deployment } = useHome()
  const { data, error, refetch } = useQuery({
    queryKey: ['chain', 'block', number],
    queryFn: () =>
      getBlock(chainClient(deployment.chainId), { blockNumber: BigInt(number) }).catch((problem: unknown) => {
        if (problem instanceof BlockNotFoundError) return null
        throw problem
      }),
  })
  const filter = useMemo(() => ({ block: number }), [number])
  return (
    <Page
      title={`Block ${number}`}
      aside={
        <nav aria-label="Neighbours" className="flex gap-4">
          {number > 0 && (
            <Link to="/explorer/block/$number" params={{ number: `${number - 1}` }} className={LINK}>
              Block before
            </Link>
          )}
          {data !== null && (
            <Link to="/explorer/block/$number" params={{ number: `${number + 1}` }} className={LINK}>
              Block after
            </Link>
          )}
        </nav>
      }
    >
      <div className="space-y-8">
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {data === undefined && !error && <SkeletonLines count={4} />}
        {data === null && <NotThere title="There is no such block yet">The chain has not come so far.</NotThere>}
        {data && (
          <>
            <Facts columns={4}>
              <Fact name="When">
                <When at={Number(data.timestamp)} />
              </Fact>
              <Fact name="Hash">
                <Hash value={data.hash} what="block" />
              </Fact>
              <Fact name="Gas used">{groupDigits(String(data.gasUsed))}</Fact>
              <Fact name={`Transactions: ${data.transactions.length}`}>
                <span className="flex max-h-40 flex-wrap gap-x-3 overflow-y-auto">
                  {data.transactions.length === 0 && 'none'}
                  {data.transactions.map((hash) => (
                    <TransactionLink key={hash} hash={hash} />
                  ))}
                </span>
              </Fact>
            </Facts>
            <WhatHappened filter={filter} />
          </>
        )}
      </div>
    </Page>
  )
}
