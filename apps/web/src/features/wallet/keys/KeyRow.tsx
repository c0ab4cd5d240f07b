import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type CallerKey, keysQuery, revokeKey } from '../../../data/keys.ts'
import { Amount } from '../../../ui/Amount.tsx'
import { Badge } from '../../../ui/Badge.tsx'
import { Button } from '../../../ui/Button.tsx'
import { Fact } from '../../../ui/Fact.tsx'
import { Problem } from '../../../ui/Problem.tsx'
import { When } from '../../../ui/When.tsx'
import { Words } from '../../../ui/Words.tsx'

/** One key: whose, what it spent of what, and the way to end it. */
export function KeyRow({ caller }: { caller: CallerKey }) {
  const { name, start, created_at: createdAt, revoked_at: revokedAt, per_call: perCall } = caller
  return (
    <li className="grid gap-x-6 gap-y-3 px-4 py-3 lg:grid-cols-[minmax(0,1fr)_auto_9rem] lg:items-center">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2">
          <span className="min-w-0 font-medium">
            <Words text={name} most={60} />
          </span>
          <code className="font-mono text-[0.92em] text-muted">{start}…</code>
          {revokedAt !== null && <Badge tone="bad">revoked</Badge>}
        </p>
        <p className="text-sm text-muted">
          made <When at={createdAt} />
          {revokedAt !== null && (
            <>
              , ended <When at={revokedAt} />
            </>
          )}
        </p>
      </div>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-2 sm:grid-cols-[10rem_10rem_8rem]">
        <Fact name="Today">
          <Spent wei={caller.spent_today} of={caller.per_day} />
        </Fact>
        <Fact name="In all">
          <Spent wei={caller.spent_total} of={caller.total} />
        </Fact>
        <Fact name="A call, at most">{perCall === null ? 'no bound' : <Amount wei={perCall} />}</Fact>
      </dl>
      {revokedAt === null && <Revoke id={caller.id} name={name} />}
    </li>
  )
}

/** What was spent; of its budget, where it has one, as a bar. */
function Spent({ wei, of }: { wei: bigint; of: bigint | null }) {
  if (of === null) return <Amount wei={wei} />
  return (
    <>
      <Amount wei={wei} />
      <progress
        aria-label="Share of the budget that is spent"
        className="my-1 block h-1.5 w-full appearance-none overflow-hidden rounded-full bg-line [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent"
        value={Number(wei)}
        max={Number(of)}
      />
      <span className="text-sm text-muted">
        of <Amount wei={of} />
      </span>
    </>
  )
}

/** Asked twice: whoever holds the key can't buy any more, and it does not come back. */
function Revoke({ id, name }: { id: string; name: string }) {
  const client = useQueryClient()
  const [isSure, setSure] = useState(false)
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => revokeKey(id),
    onSettled: () => client.invalidateQueries({ queryKey: keysQuery.queryKey }),
  })
  return (
    <div className="space-y-2 lg:text-right">
      <Button
        disabled={isPending}
        onClick={() => (isSure ? mutate() : setSure(true))}
        onBlur={() => setSure(false)}
        aria-label={isSure ? `Revoke ${name} for good` : `Revoke ${name}`}
        className={isSure ? 'text-bad' : ''}
      >
        {isPending ? 'Revoking…' : isSure ? 'For good' : 'Revoke'}
      </Button>
      {error && <Problem error={error} />}
    </div>
  )
}
