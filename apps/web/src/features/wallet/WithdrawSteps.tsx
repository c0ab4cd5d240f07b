import { formatAmount } from '@stoa/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useHome } from '../../data/home.ts'
import { escrowTermsQuery } from '../../data/ledger.ts'
import { refreshLedger } from '../../data/refreshLedger.ts'
import { parseWei } from '../../lib/parseWei.ts'
import { formatSpan } from '../../lib/time.ts'
import { useNow } from '../../lib/useNow.ts'
import { type Signer, withSigner } from '../../signer/signer.ts'
import { Amount } from '../../ui/Amount.tsx'
import { AmountInput } from '../../ui/AmountInput.tsx'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Transaction } from '../../ui/Transaction.tsx'
import { When } from '../../ui/When.tsx'
import type { LedgerAccount } from './Balance.tsx'

type Step = { what: 'announce'; amount: bigint } | { what: 'cancel' } | { what: 'withdraw' }

/** Announce, wait, withdraw; or cancel meanwhile. */
export function WithdrawSteps({ ledger, signer }: { ledger: LedgerAccount; signer: Signer }) {
  const { mutate, data, error, isPending } = useStep(signer)
  const { withdrawableAt } = ledger
  return (
    <>
      {withdrawableAt === 0 ? (
        <Announce ledger={ledger} isPending={isPending} onAnnounce={(amount) => mutate({ what: 'announce', amount })} />
      ) : (
        <Announced ledger={ledger} isPending={isPending} onStep={mutate} />
      )}
      {error && <Problem error={error} />}
      {data && <Transaction hash={data.hash}>{data.words}</Transaction>}
    </>
  )
}

type AnnounceProps = { ledger: LedgerAccount; isPending: boolean; onAnnounce: (wei: bigint) => void }

function Announce({ ledger: { balance }, isPending, onAnnounce }: AnnounceProps) {
  const { deployment, token } = useHome()
  const [text, setText] = useState('')
  const { data: terms } = useQuery(escrowTermsQuery(deployment))
  const { wei, error } = parseWei(text, token, {
    wei: balance,
    words: `There are ${formatAmount(balance, token)} on deposit.`,
  })
  const wait = terms ? formatSpan(terms.withdrawalDelay) : 'a while'
  return (
    <form
      aria-label="Announce a withdrawal"
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (wei) onAnnounce(wei)
      }}
    >
      <AmountInput
        label="Amount"
        value={text}
        onChange={setText}
        disabled={isPending}
        error={error}
        note={`It can leave ${wait} after it was announced, so that sellers can settle first.`}
      />
      <Button type="submit" disabled={!wei || isPending} className="self-start">
        {isPending ? 'Announcing…' : 'Announce'}
      </Button>
    </form>
  )
}

type AnnouncedProps = { ledger: LedgerAccount; isPending: boolean; onStep: (step: Step) => void }

function Announced({ ledger, isPending, onStep }: AnnouncedProps) {
  const now = useNow()
  const { withdrawalAmount, withdrawableAt, chainTime } = ledger
  // What decides is the time of the block that it will be in, which is neither before the last one nor, where blocks follow the clock, before now.
  const isDue = Math.max(now, chainTime) >= withdrawableAt
  return (
    <>
      <p>
        <Amount wei={withdrawalAmount} /> {isDue ? 'can leave now.' : 'can leave '}
        {!isDue && (
          <>
            <When at={withdrawableAt} />. Until then sellers can settle what was bought.
          </>
        )}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" disabled={!isDue || isPending} onClick={() => onStep({ what: 'withdraw' })}>
          Withdraw
        </Button>
        <Button disabled={isPending} onClick={() => onStep({ what: 'cancel' })}>
          Cancel it
        </Button>
      </div>
    </>
  )
}

function useStep(signer: Signer) {
  const { deployment, token } = useHome()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (step: Step) =>
      withSigner(signer, async (wallet) => {
        const { requestWithdrawal, withdraw } = await import('./moves.ts')
        if (step.what === 'withdraw') {
          const { hash, amount } = await withdraw(wallet, { deployment })
          return { hash, words: `${formatAmount(amount, token)} left the deposit.` }
        }
        const amount = step.what === 'announce' ? step.amount : 0n
        const { hash } = await requestWithdrawal(wallet, { deployment, amount })
        return { hash, words: amount > 0n ? `${formatAmount(amount, token)} announced.` : 'Cancelled: it stays.' }
      }),
    onSettled: () => refreshLedger(client),
  })
}
