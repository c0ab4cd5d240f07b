import { Link } from '@tanstack/react-router'
import type { Model } from '../../data/models.ts'
import { groupDigits } from '../../lib/groupDigits.ts'
import { priceOf } from '../../lib/priceOf.ts'
import { formatDuration } from '../../lib/time.ts'
import { Amount } from '../../ui/Amount.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Fact } from '../../ui/Fact.tsx'
import { ProofBadge } from '../../ui/ProofBadge.tsx'
import { Words } from '../../ui/Words.tsx'
import { TASK_NAMES } from './taskNames.ts'

/** One model of the market: what it is, what it asks, how it has done. */
export function ModelRow({ model, uses }: { model: Model; uses: number | undefined }) {
  const { id, stoa } = model
  const [first] = stoa.offers
  return (
    <article className="panel grid gap-x-6 gap-y-3 px-4 py-3.5 lg:grid-cols-[minmax(0,1fr)_auto] lg:items-center">
      <div className="min-w-0 space-y-1">
        <div className="flex flex-wrap items-center gap-2">
          <h2 className="min-w-0 text-base font-medium">
            <Link
              to="/models/$modelId"
              params={{ modelId: String(stoa.model_id) }}
              className="text-accent-strong underline-offset-2 hover:underline"
            >
              <Words text={id} most={100} />
            </Link>
          </h2>
          <Badge>{TASK_NAMES[stoa.task]}</Badge>
          {first && <ProofBadge kind={first.proof_kind} profile={stoa.profile} />}
        </div>
        <p className="line-clamp-2 text-sm text-muted">
          <span className="text-ink">
            <Words text={stoa.title} most={120} />
          </span>
          {stoa.title && stoa.description && ': '}
          <Words text={stoa.description} most={240} />
        </p>
      </div>
      <dl className="grid grid-cols-3 gap-x-6 gap-y-2 sm:grid-cols-[9.5rem_4rem_4rem_4rem_4.5rem]">
        <Fact
          className="col-span-2 sm:col-span-1"
          name={first ? `Per ${priceOf(first.price, first.unit).per}` : 'Price'}
        >
          {first ? <Amount {...priceOf(first.price, first.unit)} /> : '–'}
        </Fact>
        <Fact name="Latency">{first?.latency_ms ? formatDuration(first.latency_ms.p50) : '–'}</Fact>
        <Fact name="Success">{first?.success_rate == null ? '–' : `${Math.round(first.success_rate * 100)} %`}</Fact>
        <Fact name="Uses">{uses === undefined ? '–' : groupDigits(String(uses))}</Fact>
        <Fact name="Providers">{stoa.providers}</Fact>
      </dl>
    </article>
  )
}
