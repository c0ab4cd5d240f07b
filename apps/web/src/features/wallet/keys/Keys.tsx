import { useQuery } from '@tanstack/react-query'
import { keysQuery } from '../../../data/keys.ts'
import { Problem } from '../../../ui/Problem.tsx'
import { Section } from '../../../ui/Section.tsx'
import { SkeletonLines } from '../../../ui/Skeleton.tsx'
import { KeyForm } from './KeyForm.tsx'
import { KeyRow } from './KeyRow.tsx'

/** Who may call through the gateway, and for how much: each key spends within budgets of its own. */
export function Keys() {
  const { data: keys, error, refetch } = useQuery(keysQuery)
  // Those that still spend come first; within either, the newest.
  const sorted = keys?.toSorted(
    (a, b) => Number(a.revoked_at !== null) - Number(b.revoked_at !== null) || b.created_at - a.created_at,
  )
  return (
    <Section title="Keys">
      <p className="max-w-prose text-muted">
        Give each program or person a key with a budget, kept to the wei. Keys bind once your gateway asks for one:
        start Stoa with <code className="font-mono text-[0.92em]">npm start -- --require-key</code>.
      </p>
      {error && !keys && <Problem error={error} onRetry={() => void refetch()} />}
      {!keys && !error && <SkeletonLines count={2} />}
      {sorted && sorted.length > 0 && (
        <ul aria-label="Keys" className="panel divide-y divide-line">
          {sorted.map((key) => (
            <KeyRow key={key.id} caller={key} />
          ))}
        </ul>
      )}
      <KeyForm />
    </Section>
  )
}
