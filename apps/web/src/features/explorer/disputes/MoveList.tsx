import type { WalkStep } from '@stoa/sdk'
import { groupDigits } from '../../../lib/groupDigits.ts'
import { Badge } from '../../../ui/Badge.tsx'

/** Each move in words, by whom, and the gas that it took. */
export function MoveList({ steps }: { steps: readonly WalkStep[] }) {
  const gasOf = (party: WalkStep['by']) => steps.reduce((sum, { by, gas }) => (by === party ? sum + gas : sum), 0n)
  return (
    <>
      <ol className="panel divide-y divide-line">
        {steps.map(({ by, move, words, gas }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: moves are told apart by their numbers alone.
          <li key={i} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-2.5">
            <span className="w-6 text-right text-muted">{i + 1}</span>
            <span className="w-24">
              <Badge tone={by === 'seller' ? 'warn' : 'accent'}>{by}</Badge>
            </span>
            <span className="w-28 font-mono text-[0.92em]">{move}</span>
            <span className="min-w-0 grow basis-72 [overflow-wrap:anywhere]">{words}</span>
            <span className="text-sm text-muted">{groupDigits(String(gas))} gas</span>
          </li>
        ))}
      </ol>
      <p className="text-muted">
        {steps.length} transactions. Gas: seller {groupDigits(String(gasOf('seller')))}, challenger{' '}
        {groupDigits(String(gasOf('challenger')))}.
      </p>
    </>
  )
}
