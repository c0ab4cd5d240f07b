import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { callDraft, type Draft, draftQuery } from '../../data/draft.ts'
import { modelsQuery } from '../../data/models.ts'
import { Button } from '../../ui/Button.tsx'
import { Fact } from '../../ui/Fact.tsx'
import { Hash } from '../../ui/Hash.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { ProofBadge } from '../../ui/ProofBadge.tsx'

type LiveProps = {
  offered: NonNullable<Draft['offered']>
  modelId: bigint
  /** The arithmetic profile that the card states; null where it states none. */
  profile: string | null
}

/** The offer as it is: on the ledger, served by the node, and, as soon as the gateway has read it, in the market. */
export function Live({ offered, modelId, profile }: LiveProps) {
  const client = useQueryClient()
  const { data: models } = useQuery(modelsQuery)
  const model = models?.find(({ stoa }) => stoa.offers.some(({ offer_id }) => offer_id === offered.offerId))
  const another = useMutation({
    mutationFn: () => callDraft('', { method: 'DELETE' }),
    onSuccess: (now) => client.setQueryData(draftQuery.queryKey, now),
  })
  return (
    <div className="space-y-4">
      <p role="status" className={model ? 'flex items-center gap-2 text-good' : 'flex items-center gap-2 text-muted'}>
        <Icon name={model ? 'check' : 'dot'} className="size-5 shrink-0" />
        {model
          ? 'It is in the market: anybody’s gateway can buy it now.'
          : 'Your node serves it. Your gateway reads the market every 15 seconds, and shows it then.'}
      </p>
      <dl className="grid gap-3 sm:grid-cols-3">
        <Fact name="Offer">
          <Hash value={offered.offerId} what="offer" />
        </Fact>
        <Fact name="Answers are">
          <ProofBadge kind={offered.proofKind} profile={profile} />
        </Fact>
        <Fact name="Transaction">
          <Hash value={offered.hash} what="transaction" />
        </Fact>
      </dl>
      <div className="flex flex-wrap items-center gap-3">
        {model && (
          <>
            <Link
              to="/models/$modelId"
              params={{ modelId: String(modelId) }}
              className="text-accent underline underline-offset-2"
            >
              See it in the market
            </Link>
            <Link to="/playground" search={{ model: model.id }} className="text-accent underline underline-offset-2">
              Ask it
            </Link>
          </>
        )}
        <Button disabled={another.isPending} onClick={() => another.mutate()}>
          Provide another
        </Button>
      </div>
      {another.error && <Problem error={another.error} />}
    </div>
  )
}
