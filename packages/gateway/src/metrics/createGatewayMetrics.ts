import { WIRE_CODES } from '@stoa/protocol'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { GatewayEvent, Logger } from '../logger.ts'
import type { GatewayStatus } from '../status.ts'

export type GatewayMetrics = {
  /** To be told every event of the gateway. */
  observe: Logger
  /** Has status figures read from `status` at every scrape, from now on. */
  watch(status: () => GatewayStatus): void
  /** Prometheus text exposition (https://prometheus.io/docs/instrumenting/exposition_formats). */
  text(): Promise<string>
  readonly contentType: string
}

/** Seconds: from what the gateway answers by itself to a page of text. */
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** Failures of attempts that have no code of the wire. */
const OWN_CODES: readonly string[] = [
  'UNREACHABLE',
  'NO_ANSWER',
  'BROKEN_ANSWER',
  'INVALID_ANSWER',
  'RECEIPT_CHECK_FAILED',
  'UNCHECKED',
]

/**
 * Figures of a gateway for Prometheus. Labels have few values, none of which a stranger chooses: no models, no sellers. Amounts are wei as floating-point numbers: for graphs, not for books.
 */
// Longer than a function should be: one declaration for each figure.
export function createGatewayMetrics(): GatewayMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `stoa_gateway_${name}`, help, labelNames, registers })
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `stoa_gateway_${name}`, help, labelNames, registers })

  const requests = counter('http_requests_total', 'Requests, by route and status.', ['route', 'status'])
  const seconds = new Histogram({
    ...{ name: 'stoa_gateway_http_request_seconds', help: 'From request to response, by route.' },
    ...{ labelNames: ['route'], buckets: REQUEST_BUCKETS, registers },
  })
  const answers = counter('answers_total', 'Answers bought.')
  const cost = counter('cost_wei_total', 'What they cost, by their receipts.')
  const failed = counter('attempts_failed_total', 'Attempts to buy that brought no answer, by code.', ['code'])
  const rejected = counter('answers_rejected_total', 'Answers that failed a check.')
  const overcharged = counter('overcharges_total', 'Lanes whose seller settled more than its receipt says.')
  const reruns = counter('reruns_total', 'Answers computed again here, by what came of it.', ['outcome'])
  const withheld = counter(
    'weights_withheld_total',
    'Times that a seller did not give weights to check its answers with.',
  )
  const moves = counter('dispute_moves_total', 'Steps in disputes.')
  const chainless = counter('chain_unavailable_total', 'Times that the chain could not be read.')
  const faults = counter('internal_errors_total', 'Faults of the gateway itself.')

  const observe = (event: GatewayEvent) => {
    switch (event.type) {
      case 'request':
        requests.inc({ route: event.route, status: event.status })
        seconds.observe({ route: event.route }, event.ms / 1000)
        break
      case 'answered':
        answers.inc()
        cost.inc(Number(event.costWei))
        break
      case 'attempt-failed':
        failed.inc({ code: event.code in WIRE_CODES || OWN_CODES.includes(event.code) ? event.code : 'OTHER' })
        break
      case 'answer-rejected':
        rejected.inc()
        break
      case 'overcharged':
        overcharged.inc()
        break
      case 'rerun':
        reruns.inc({ outcome: event.outcome })
        break
      case 'weights-withheld':
        withheld.inc()
        break
      case 'dispute':
        moves.inc()
        break
      case 'chain-unavailable':
        chainless.inc()
        break
      case 'internal-error':
        faults.inc()
        break
    }
  }

  let reading = () => {}
  const watch = (status: () => GatewayStatus) => {
    const ready = gauge('ready', '1 while calls can be answered.')
    const available = gauge('available_wei', 'Of the deposit, what can still be promised.')
    const keyEnds = gauge(
      'session_key_valid_until_timestamp_seconds',
      'Until when vouchers of the session key are honoured.',
    )
    const models = gauge('models', 'Models on offer.')
    const offers = gauge('offers', 'Offers that were read.')
    const marketReadAt = gauge('market_read_timestamp_seconds', 'When the market was last read.')
    const lanes = gauge('lanes', 'Lanes, by state; doubt: calls whose outcome is asked for.', ['state'])
    const unhealthy = gauge('providers_unhealthy', 'Providers that are not healthy, by state.', ['state'])
    const evidence = gauge('evidence', 'Answers that failed a check and are kept.')
    const disputes = gauge('disputes', 'Disputes, by how they stand.', ['state'])
    const disputeProblems = gauge('dispute_problems', 'Things that keep disputes from being played.')
    reading = () => {
      const now = status()
      ready.set(now.problems.length === 0 ? 1 : 0)
      available.set(Number(now.available))
      keyEnds.set(now.account?.keyValidUntil ?? 0)
      models.set(now.models)
      offers.set(now.offers)
      marketReadAt.set((now.marketReadAt ?? 0) / 1000)
      for (const [state, count] of Object.entries(now.lanes)) lanes.set({ state }, count)
      for (const state of ['resting', 'doubted', 'distrusted'])
        unhealthy.set({ state }, now.providers.filter(({ health }) => health.state === state).length)
      evidence.set(now.evidence)
      const { open = 0, convicted = 0, lost = 0, forgone = 0, problems = [] } = now.disputes ?? {}
      for (const [state, count] of Object.entries({ open, convicted, lost, forgone })) disputes.set({ state }, count)
      disputeProblems.set(problems.length)
    }
    reading()
  }
  const text = () => {
    reading()
    return registry.metrics()
  }
  return { observe, watch, text, contentType: registry.contentType }
}
