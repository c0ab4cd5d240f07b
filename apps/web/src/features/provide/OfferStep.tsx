import { formatAmount, UNITS_OF_TASK, UNITS_PER_PRICE, type Unit } from '@stoa/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Draft, type DraftCard, draftQuery, stepDraft } from '../../data/draft.ts'
import { useHome } from '../../data/home.ts'
import { parseWei } from '../../lib/parseWei.ts'
import { AmountInput } from '../../ui/AmountInput.tsx'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Select } from '../../ui/Select.tsx'
import { GasCost } from './GasCost.tsx'
import { offerGasQuery } from './offerGasQuery.ts'
import { stakeQuery } from './stakeQuery.ts'

/** What one payer may owe unsettled, and what one wrong answer costs at most, in whole tokens: what the local market's own offers have. */
const EXPOSURE = '0.05'
const SLASH_CAP = '10'

type OfferStepProps = { card: DraftCard; files: Draft['files']; modelId: bigint }

/** Makes the offer, which can't be changed afterwards, and has the node serve it. */
export function OfferStep({ card, files, modelId }: OfferStepProps) {
  const { deployment, accounts, token } = useHome()
  const client = useQueryClient()
  const units = UNITS_OF_TASK[card.task]
  const [unit, setUnit] = useState<Unit>(units.find((each) => each !== 'call') ?? 'call')
  const [price, setPrice] = useState('')
  const [exposure, setExposure] = useState(EXPOSURE)
  const [slashCap, setSlashCap] = useState(SLASH_CAP)
  const { data: provider } = useQuery(stakeQuery(deployment, accounts.provider))
  const { data: gas } = useQuery(
    offerGasQuery({
      ...{ deployment, modelId, provider: accounts.provider, payee: accounts.payee },
      card: { ...card, files },
    }),
  )
  const most = provider && {
    wei: provider.stake,
    words: `More than the stake of ${formatAmount(provider.stake, token)}.`,
  }
  const terms = {
    price: parseWei(price, token),
    exposure: parseWei(exposure, token),
    slashCap: parseWei(slashCap, token, most),
  }
  const { mutate, error, isPending } = useMutation({
    mutationFn: (body: unknown) => stepDraft('offer', body),
    onSuccess: (now) => client.setQueryData(draftQuery.queryKey, now),
    onSettled: () => Promise.all(['models', 'index'].map((of) => client.invalidateQueries({ queryKey: [of] }))),
  })
  const isWhole = terms.price.wei && terms.exposure.wei && terms.slashCap.wei
  const amount = (
    name: keyof typeof terms,
    label: string,
    note: string,
    value: string,
    set: (text: string) => void,
  ) => (
    <AmountInput
      label={label}
      note={note}
      error={terms[name].error}
      value={value}
      onChange={set}
      disabled={isPending}
    />
  )
  const isCall = unit === 'call'
  return (
    <form
      aria-label="Offer"
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (!terms.price.wei || !terms.exposure.wei || !terms.slashCap.wei) return
        // Prices are of a million units; of calls a person thinks one by one.
        const per = isCall ? terms.price.wei * UNITS_PER_PRICE : terms.price.wei
        mutate({
          ...{ unit, price: String(per) },
          ...{ exposure: String(terms.exposure.wei), slashCap: String(terms.slashCap.wei) },
        })
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-1">
          <span className="text-sm font-medium">Counted by the</span>
          <Select
            label="Unit"
            options={Object.fromEntries(units.map((each) => [each, each])) as Record<Unit, string>}
            value={unit}
            onChange={setUnit}
          />
        </div>
        {amount(
          'price',
          isCall ? 'Price of a call' : `Price of a million ${unit}s`,
          'What buyers pay.',
          price,
          setPrice,
        )}
        {amount(
          'exposure',
          'Exposure',
          'Served to one payer before it is settled: the most that you can lose to it.',
          ...([exposure, setExposure] as const),
        )}
        {amount(
          'slashCap',
          'Slash cap',
          'The most that one wrong answer costs your stake; buyers see it.',
          ...([slashCap, setSlashCap] as const),
        )}
      </div>
      <p className="text-muted">
        Your node starts again with the offer, which takes seconds. Offers can’t be changed, only closed and replaced.
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" kind="primary" disabled={!isWhole || isPending}>
          {isPending ? 'Offering, and starting the node again…' : 'Offer it'}
        </Button>
        <GasCost gas={gas} payer="provider" />
      </div>
      {error && <Problem error={error} />}
    </form>
  )
}
