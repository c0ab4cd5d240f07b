import { useQuery } from '@tanstack/react-query'
import { statusQuery } from '../../data/status.ts'
import { Amount } from '../../ui/Amount.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Fact } from '../../ui/Fact.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Hash } from '../../ui/Hash.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { SkeletonLines } from '../../ui/Skeleton.tsx'
import { When } from '../../ui/When.tsx'
import { Words } from '../../ui/Words.tsx'
import { AccountLink, Copied } from '../explorer/links.tsx'

const SIGNATURES = {
  native: 'libsecp256k1, native',
  wasm: 'libsecp256k1, WebAssembly',
  javascript: 'JavaScript, slow',
} as const

/** What the gateway knows, has spent time on, and holds against whom. */
export function GatewayFacts() {
  const { data: status, error, refetch } = useQuery(statusQuery)
  if (error && !status) return <Problem error={error} onRetry={() => void refetch()} />
  if (!status) return <SkeletonLines count={3} />
  const { lanes, reruns, providers } = status
  return (
    <div className="space-y-3">
      <Facts columns={4}>
        <Fact name="Can still be promised">
          <Amount wei={status.available} />
        </Fact>
        <Fact name="Payer">
          <Copied value={status.payer} what="payer">
            <AccountLink address={status.payer} />
          </Copied>
        </Fact>
        <Fact name="Session key">
          <Hash value={status.key} what="session key" />
        </Fact>
        <Fact name="Signatures">{SIGNATURES[status.signatures]}</Fact>
        <Fact name="Market">
          {status.models} models, {status.offers} offers
        </Fact>
        <Fact name="Market read">
          {status.marketReadAt ? <When at={Math.floor(status.marketReadAt / 1000)} /> : 'not yet'}
        </Fact>
        <Fact name="Calls">
          {lanes.inFlight} under way, {lanes.doubt} in doubt
        </Fact>
        <Fact name="Computed again">
          {reruns.same} the same, {reruns.different} different, {reruns.failed} failed
        </Fact>
      </Facts>
      {providers.length > 0 && (
        <ul aria-label="Providers that are avoided" className="panel divide-y divide-line">
          {providers.map(({ provider, health }) => (
            <li key={provider} className="flex flex-wrap items-center gap-x-4 px-4 py-2">
              <Hash value={provider} what="provider" />
              <Badge tone={health.state === 'distrusted' ? 'bad' : 'warn'}>{health.state}</Badge>
              <span className="text-muted">
                until <When at={Math.floor(health.until / 1000)} />: <Words text={health.reason} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
