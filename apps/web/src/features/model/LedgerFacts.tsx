import { getModel, listOffers } from '@stoa/sdk/index-client'
import { useQuery } from '@tanstack/react-query'
import { indexed } from '../../data/indexed.ts'
import { groupDigits } from '../../lib/groupDigits.ts'
import { Amount } from '../../ui/Amount.tsx'
import { Fact } from '../../ui/Fact.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { IndexMissing } from '../../ui/IndexMissing.tsx'
import { Section } from '../../ui/Section.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'

/** What was settled for the model, and who got how much of it. */
export function LedgerFacts({ modelId }: { modelId: bigint }) {
  const model = useQuery(indexed(getModel({ modelId })))
  const { data: offers } = useQuery(indexed(listOffers({ modelId })))
  const sum = (part: 'toOwner' | 'toPayee') => (offers ?? []).reduce((all, offer) => all + offer[part], 0n)
  const found = model.data
  return (
    <Section title="Revenue">
      {model.error && !found ? (
        <IndexMissing what="What was paid for this model" />
      ) : (
        <Facts columns={6}>
          {found ? (
            <>
              <Fact name="Settled">
                <Amount wei={found.settled} />
              </Fact>
              <Fact name="Collected by its owner">
                <Amount wei={sum('toOwner')} />
              </Fact>
              <Fact name="Collected by providers">
                <Amount wei={sum('toPayee')} />
              </Fact>
              <Fact name="Calls settled">{groupDigits(String(found.calls))}</Fact>
              <Fact name="Buyers">{groupDigits(String(found.payers))}</Fact>
              <Fact name="Owner’s share now">{found.ownerSharePpm / 10_000} %</Fact>
            </>
          ) : (
            ['settled', 'owner', 'providers', 'calls', 'buyers', 'share'].map((fact) => (
              <Skeleton key={fact} className="h-11" />
            ))
          )}
        </Facts>
      )}
    </Section>
  )
}
