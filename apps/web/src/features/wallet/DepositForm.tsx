import { type Address, formatAmount } from '@stoa/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useHome } from '../../data/home.ts'
import { accountQuery, balancesQuery } from '../../data/ledger.ts'
import { refreshLedger } from '../../data/refreshLedger.ts'
import { statusQuery } from '../../data/status.ts'
import { parseWei } from '../../lib/parseWei.ts'
import { type Signer, withSigner } from '../../signer/signer.ts'
import { Amount } from '../../ui/Amount.tsx'
import { AmountInput } from '../../ui/AmountInput.tsx'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Transaction } from '../../ui/Transaction.tsx'
import type { LedgerAccount } from './Balance.tsx'

type DepositFormProps = { payer: Address; ledger: LedgerAccount; signer: Signer | undefined }

/** Puts tokens of who signs on deposit. Whoever likes can fill anybody's. */
export function DepositForm({ payer, ledger, signer }: DepositFormProps) {
  const { deployment, token } = useHome()
  const [text, setText] = useState('')
  const { data: held } = useQuery({
    ...balancesQuery(deployment, signer?.address ?? payer),
    enabled: signer !== undefined,
  })
  const most = held && { wei: held.token, words: `The account that signs holds ${formatAmount(held.token, token)}.` }
  const { wei, error } = parseWei(text, token, most)
  const { mutate, data, error: failure, isPending, reset } = useDeposit(payer, ledger)
  return (
    <form
      aria-label="Deposit"
      className="panel flex flex-col gap-3 px-4 py-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (signer && wei) mutate({ signer, amount: wei }, { onSuccess: () => setText('') })
      }}
    >
      <h2 className="heading text-lg">Deposit</h2>
      <AmountInput
        label="Amount"
        value={text}
        onChange={(value) => {
          setText(value)
          reset()
        }}
        disabled={isPending}
        error={error}
        note={
          held ? (
            <>
              The account that signs holds <Amount wei={held.token} />.
            </>
          ) : (
            'Approved to the wei, then deposited: two signatures.'
          )
        }
      />
      <Button type="submit" kind="primary" disabled={!signer || !wei || isPending} className="self-start">
        {isPending ? 'Depositing…' : 'Deposit'}
      </Button>
      {!signer && <p className="text-sm text-muted">Choose who signs, above.</p>}
      {failure && <Problem error={failure} />}
      {data && (
        <Transaction hash={data.hash}>
          <Amount wei={data.amount} /> deposited.
        </Transaction>
      )}
    </form>
  )
}

/** The balance is shown as it will be while the transaction is on its way, and as it was if that fails. */
function useDeposit(payer: Address, ledger: LedgerAccount) {
  const { deployment, accounts } = useHome()
  const client = useQueryClient()
  const { queryKey } = accountQuery(deployment, payer)
  return useMutation({
    async mutationFn({ signer, amount }: { signer: Signer; amount: bigint }) {
      const isOwn = signer.address.toLowerCase() === payer.toLowerCase()
      // A gateway can spend only what its session key was registered for, and only the payer may do that.
      const isGateways = payer.toLowerCase() === accounts.payer.toLowerCase()
      const key = isOwn && isGateways && BigInt(ledger.key) === 0n ? await gatewayKey() : undefined
      const { deposit } = await import('./moves.ts')
      const done = await withSigner(signer, (wallet) =>
        deposit(wallet, { deployment, payer, amount, ...(key && { key }) }),
      )
      return { ...done, amount }
    },
    async onMutate({ amount }) {
      await client.cancelQueries({ queryKey })
      const before = client.getQueryData(queryKey)
      if (before) client.setQueryData(queryKey, { ...before, balance: before.balance + amount })
      return before
    },
    onError: (_error, _variables, before) => before && client.setQueryData(queryKey, before),
    onSettled: () => refreshLedger(client),
  })

  async function gatewayKey(): Promise<Address> {
    return (await client.fetchQuery(statusQuery)).key
  }
}
