import { modelRegistryAbi } from '@stoa/protocol/abi'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { encodeFunctionData } from 'viem'
import { draftQuery, stepDraft } from '../../data/draft.ts'
import { useHome } from '../../data/home.ts'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { TextField } from '../../ui/TextField.tsx'
import { GasCost } from './GasCost.tsx'
import { gasQuery } from './gasQuery.ts'
import { readPercent } from './readPercent.ts'

/** Any digest: gas does not depend on which. */
const DIGEST = `0x${'11'.repeat(32)}` as const

/** Puts the model on the ledger, as the home's owner. */
export function PublishStep({ isServer }: { isServer: boolean }) {
  const { deployment, accounts } = useHome()
  const client = useQueryClient()
  const [share, setShare] = useState('30')
  const [royalty, setRoyalty] = useState('5')
  const ownerSharePpm = readPercent(share, 100, 10_000)
  const resaleFeeBps = readPercent(royalty, 50, 100)
  const gas = useQuery(
    gasQuery(deployment.chainId, accounts.owner, {
      to: deployment.modelRegistry,
      data: encodeFunctionData({
        abi: modelRegistryAbi,
        functionName: 'publish',
        args: [accounts.owner, DIGEST, DIGEST, 300_000, 500n],
      }),
    }),
  )
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => stepDraft('publish', { ownerSharePpm, resaleFeeBps }),
    onSuccess: (now) => client.setQueryData(draftQuery.queryKey, now),
    onSettled: () => client.invalidateQueries({ queryKey: ['index'] }),
  })
  const percent = (label: string, note: string, value: string, onChange: (text: string) => void, isWrong: boolean) => (
    <TextField
      label={label}
      note={note}
      error={isWrong ? 'A number of percent, with at most two decimals.' : undefined}
      inputMode="decimal"
      maxLength={10}
      value={value}
      disabled={isPending}
      onChange={onChange}
    />
  )
  return (
    <form
      aria-label="Publish"
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (ownerSharePpm !== undefined && resaleFeeBps !== undefined) mutate()
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        {percent(
          'Owner’s share, %',
          'Of what every provider of this model earns, yourself included. Each offer fixes it when it is made.',
          ...([share, setShare, ownerSharePpm === undefined] as const),
        )}
        {percent(
          'Royalty on resale, %',
          'Of the price when the model itself is sold on (ERC-2981); 50 at most.',
          ...([royalty, setRoyalty, resaleFeeBps === undefined] as const),
        )}
      </div>
      <p className="text-muted">
        {isServer
          ? 'The ledger takes the digests of the card and of what your server calls the model; neither its address nor its key is in them.'
          : 'Whoever knows the model’s digest can fetch its files from your node from then on: buyers compute answers again from them.'}{' '}
        What is published can’t be taken back.
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <Button
          type="submit"
          kind="primary"
          disabled={isPending || ownerSharePpm === undefined || resaleFeeBps === undefined}
        >
          {isPending ? 'Publishing…' : 'Publish'}
        </Button>
        <GasCost gas={gas.data} payer="owner" />
      </div>
      {error && <Problem error={error} />}
    </form>
  )
}
