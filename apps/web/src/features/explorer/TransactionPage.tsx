import type { Hex } from '@stoa/protocol'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { formatEther, TransactionNotFoundError } from 'viem'
import { getBlock, getTransaction, getTransactionReceipt } from 'viem/actions'
import { chainClient } from '../../data/chain.ts'
import { useHome } from '../../data/home.ts'
import { groupDigits } from '../../lib/groupDigits.ts'
import { Badge } from '../../ui/Badge.tsx'
import { Fact } from '../../ui/Fact.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Hint } from '../../ui/Hint.tsx'
import { Page } from '../../ui/Page.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { SkeletonLines } from '../../ui/Skeleton.tsx'
import { When } from '../../ui/When.tsx'
import { callName } from './callName.ts'
import { AccountLink, BlockLink, Whole } from './links.tsx'
import { NotThere } from './NotThere.tsx'
import { WhatHappened } from './WhatHappened.tsx'

const route = getRouteApi('/explorer/tx/$hash')

/** One transaction: who sent what to whom, what it cost, and what came of it. */
export function TransactionPage() {
  // The route lets nothing else through.
  const hash = route.useParams().hash as Hex
  const { data, error, refetch } = useTransaction(hash)
  const filter = useMemo(() => ({ tx: hash }), [hash])
  return (
    <Page title="Transaction" lead={<Whole value={hash} what="transaction" />}>
      <div className="space-y-8">
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {data === undefined && !error && <SkeletonLines count={4} />}
        {data === null && (
          <NotThere title="This chain has no such transaction">
            It may be of another chain, or still on its way.
          </NotThere>
        )}
        {data && (
          <>
            <Facts columns={4}>
              <Fact name="Outcome">
                <Badge tone={data.succeeded ? 'good' : 'bad'}>{data.succeeded ? 'succeeded' : 'failed'}</Badge>
              </Fact>
              <Fact name="Block">
                <BlockLink number={data.block} />
              </Fact>
              <Fact name="When">
                <When at={data.at} />
              </Fact>
              <Fact name="Fee">
                <Hint text={`${groupDigits(String(data.fee))} wei for ${groupDigits(String(data.gas))} gas`}>
                  {formatEther(data.fee)} <span className="text-muted">ETH</span>
                </Hint>
              </Fact>
              <Fact name="From">
                <AccountLink address={data.from} />
              </Fact>
              <Fact name="To">{data.to ? <AccountLink address={data.to} /> : 'a new contract'}</Fact>
              <Fact name="Call">
                <span className="font-mono text-[0.92em]">{data.call}</span>
              </Fact>
              <Fact name="Gas used">{groupDigits(String(data.gas))}</Fact>
            </Facts>
            <WhatHappened filter={filter} />
          </>
        )}
      </div>
    </Page>
  )
}

function useTransaction(hash: Hex) {
  const { deployment } = useHome()
  return useQuery({
    queryKey: ['chain', 'transaction', hash],
    async queryFn() {
      const client = chainClient(deployment.chainId)
      const found = await getTransaction(client, { hash }).catch((error: unknown) => {
        if (error instanceof TransactionNotFoundError) return undefined
        throw error
      })
      if (!found) return null
      const receipt = await getTransactionReceipt(client, { hash })
      const { timestamp } = await getBlock(client, { blockNumber: receipt.blockNumber })
      return {
        succeeded: receipt.status === 'success',
        block: Number(receipt.blockNumber),
        at: Number(timestamp),
        from: found.from,
        to: found.to,
        call: callName(found.input),
        gas: receipt.gasUsed,
        fee: receipt.gasUsed * receipt.effectiveGasPrice,
      }
    },
  })
}
