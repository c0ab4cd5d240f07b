import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { statusQuery } from '../../data/status.ts'
import { Amount } from '../../ui/Amount.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Section } from '../../ui/Section.tsx'
import { SkeletonLines } from '../../ui/Skeleton.tsx'

/** What the gateway keeps to, whatever it is asked. Nothing is listed that isn't enforced. */
export function Bounds() {
  const { data, error, refetch } = useQuery(statusQuery)
  return (
    <Section title="Budgets">
      {error && !data && <Problem error={error} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonLines count={4} />}
      {data && (
        <ul className="panel divide-y divide-line">
          <Bound name="In all" note="It promises no more than is free on deposit: what isn’t there can’t be spent.">
            <Amount wei={data.available} />
          </Bound>
          <Bound name="For one call" note="Dearer offers are passed over. What a caller asks for can be stricter.">
            {data.bounds.maxPricePerCall === null ? 'no ceiling set' : <Amount wei={data.bounds.maxPricePerCall} />}
          </Bound>
          <Bound name="Calls at a time" note="Further ones are refused, and cost nothing.">
            {data.bounds.inFlight}
          </Bound>
          <Bound name="Computed again" note="Share of exact answers that the gateway checks by itself.">
            {`${Math.round(data.bounds.rerunShare * 1000) / 10} %`}
          </Bound>
          {data.bounds.mostBonds !== null && (
            <Bound name="Bonds in disputes" note="At most so many at once, from the dispute account only.">
              {data.bounds.mostBonds}
            </Bound>
          )}
          {data.bounds.leastReward !== null && (
            <Bound name="Least reward" note="Disputes that would bring less are left.">
              <Amount wei={data.bounds.leastReward} />
            </Bound>
          )}
        </ul>
      )}
    </Section>
  )
}

function Bound({ name, note, children }: { name: string; note: string; children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-baseline gap-x-4 px-4 py-2.5">
      <span className="w-40 font-medium">{name}</span>
      <span className="min-w-36">{children}</span>
      <span className="min-w-0 grow basis-64 text-muted">{note}</span>
    </li>
  )
}
