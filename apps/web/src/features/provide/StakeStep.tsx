import { formatAmount } from '@stoa/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { addStake } from '../../data/draft.ts'
import { useHome } from '../../data/home.ts'
import { balancesQuery } from '../../data/ledger.ts'
import { parseWei } from '../../lib/parseWei.ts'
import { Amount } from '../../ui/Amount.tsx'
import { AmountInput } from '../../ui/AmountInput.tsx'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { SkeletonLines } from '../../ui/Skeleton.tsx'
import { Transaction } from '../../ui/Transaction.tsx'
import { TestMoney } from '../wallet/TestMoney.tsx'
import { stakeQuery } from './stakeQuery.ts'

/** What the home's provider risks: wrong answers cost it. More can be added; nothing has to be where it covers the offer. */
export function StakeStep() {
  const { deployment, accounts, token } = useHome()
  const client = useQueryClient()
  const { data: provider, error: unread } = useQuery(stakeQuery(deployment, accounts.provider))
  const { data: held } = useQuery(balancesQuery(deployment, accounts.provider))
  const [text, setText] = useState('')
  const most = held && { wei: held.token, words: `Your provider account holds ${formatAmount(held.token, token)}.` }
  const { wei, error } = parseWei(text, token, most)
  const {
    mutate,
    data,
    error: failure,
    isPending,
  } = useMutation({
    mutationFn: addStake,
    onSuccess: () => setText(''),
    onSettled: () => client.invalidateQueries({ queryKey: ['ledger'] }),
  })
  if (unread) return <Problem error={unread} />
  if (!provider) return <SkeletonLines count={2} />
  return (
    <form
      aria-label="Stake"
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (wei) mutate(wei)
      }}
    >
      <p>
        Your provider account has <Amount wei={provider.stake} /> at stake for all its offers. A wrong answer that is
        challenged costs up to the slash cap of its offer.
      </p>
      <AmountInput
        label="Add to the stake"
        value={text}
        onChange={setText}
        disabled={isPending}
        error={error}
        note={
          held && (
            <>
              May stay empty. Your provider account holds <Amount wei={held.token} />. What is staked can be taken back
              after unbonding.
            </>
          )
        }
      >
        <Button type="submit" disabled={!wei || isPending}>
          {isPending ? 'Staking…' : 'Stake'}
        </Button>
      </AmountInput>
      <TestMoney account={accounts.provider} />
      {failure && <Problem error={failure} />}
      {data && <Transaction hash={data.hash}>Staked, for {String(data.gasUsed)} gas.</Transaction>}
    </form>
  )
}
