import { WIRE_CODES } from '@stoa/protocol'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { NodeStatus } from '../createNode.ts'
import type { NodeEvent, NodeLogger } from '../events.ts'

export type NodeMetrics = {
  /** To be told every event of the node. */
  observe: NodeLogger
  /** Has status figures read from `status` at every scrape, from now on. */
  watch(status: () => NodeStatus): void
  /** Prometheus text exposition (https://prometheus.io/docs/instrumenting/exposition_formats). */
  text(): Promise<string>
  readonly contentType: string
}

/** Seconds: from an embedding to a page of text. */
const ANSWER_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/**
 * Figures of a node for Prometheus. Labels have few values, all of them the node's own: its models, its RPC endpoints, codes of the wire. Nothing a stranger chooses becomes one. Amounts are wei
 * as floating-point numbers: for graphs, not for books.
 */
// Longer than a function should be: one declaration for each figure.
export function createNodeMetrics(): NodeMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `stoa_node_${name}`, help, labelNames, registers })
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `stoa_node_${name}`, help, labelNames, registers })

  const answers = counter('answers_total', 'Answers given, by model; replayed: given again for the same payment.', [
    'model',
    'replayed',
  ])
  const seconds = new Histogram({
    ...{ name: 'stoa_node_answer_seconds', help: 'From request to answer, by model.', labelNames: ['model'] },
    ...{ buckets: ANSWER_BUCKETS, registers },
  })
  const charged = counter('charged_wei_total', 'Charged by receipts, by model.', ['model'])
  const refusals = counter('refusals_total', 'Calls refused or failed, by code of the wire.', ['code'])
  const settlements = counter('settlements_total', 'Settlement transactions, vouchers and direct payments.', [
    'kind',
    'outcome',
  ])
  const settled = counter('settled_wei_total', 'Settled on the chain.', ['kind'])
  const gasUsed = counter('settlement_gas_total', 'Gas of settlements.', ['kind'])
  const settledAt = gauge('last_settlement_timestamp_seconds', 'When a settlement last came through.')
  const claimsRefused = counter('claims_refused_total', 'Claims that the chain refused, by reason.', ['reason'])
  const reverted = counter('settlements_reverted_total', 'Settlements that a reorganisation took back.', ['kind'])
  const uneconomic = counter('settlements_uneconomic_total', 'Times that debts were left because gas costs more.')
  const challenges = counter('challenges_total', 'Disputes begun about answers of this node.')
  const verdicts = counter('verdicts_total', 'Disputes that ended, by verdict.', ['verdict'])
  const disputeFaults = counter(
    'dispute_problems_total',
    'Things in disputes that failed or that the operator must see to.',
  )
  const models = new Map<string, string>()
  let reading = () => {}
  const modelOf = (offerId: string) => models.get(offerId) ?? 'former'
  for (const kind of ['vouchers', 'payments']) {
    for (const outcome of ['mined', 'failed']) settlements.inc({ kind, outcome }, 0)
    reverted.inc({ kind }, 0)
  }

  const observe = (event: NodeEvent) => {
    switch (event.event) {
      case 'answered': {
        const model = modelOf(event.offerId)
        answers.inc({ model, replayed: `${event.replayed}` })
        seconds.observe({ model }, event.ms / 1000)
        if (!event.replayed) charged.inc({ model }, Number(event.chargeWei))
        break
      }
      case 'refused':
      case 'failed':
        refusals.inc({ code: event.code in WIRE_CODES ? event.code : 'INTERNAL' })
        break
      case 'settled':
      case 'payments-settled': {
        const kind = event.event === 'settled' ? 'vouchers' : 'payments'
        settlements.inc({ kind, outcome: 'mined' })
        settled.inc({ kind }, Number(event.paidWei))
        gasUsed.inc({ kind }, Number(event.gasUsed))
        settledAt.setToCurrentTime()
        break
      }
      case 'settlement-failed':
        settlements.inc({ kind: 'vouchers', outcome: 'failed' })
        break
      case 'payments-failed':
        settlements.inc({ kind: 'payments', outcome: 'failed' })
        break
      case 'claim-refused':
        claimsRefused.inc({ reason: event.reason })
        break
      case 'settlement-reverted':
        reverted.inc({ kind: 'vouchers' })
        break
      case 'payment-reverted':
        reverted.inc({ kind: 'payments' })
        break
      case 'settlement-uneconomic':
        uneconomic.inc()
        break
      case 'challenged':
        challenges.inc()
        break
      case 'verdict':
        verdicts.inc({ verdict: event.convicted ? 'convicted' : 'acquitted' })
        break
      case 'dispute-failed':
      case 'dispute-problem':
      case 'judge-unreachable':
        disputeFaults.inc()
        break
    }
  }

  const watch = (status: () => NodeStatus) => {
    const ready = gauge('ready', '1 while the node answers calls.')
    const owed = gauge('owed_wei', 'Charged and not settled, calls in flight included.')
    const lanes = gauge('unsettled_lanes', 'Lanes on which something is owed.')
    const unfinal = gauge('unfinal_lanes', 'Lanes whose settlement a reorganisation may still take back.')
    const pending = gauge('pending_payments', 'Direct payments that wait for the chain.')
    const chainAge = gauge('chain_age_seconds', 'Since the chain last answered.')
    const queue = gauge('queue_calls', 'Calls that wait for a model or are answered by it.', ['model'])
    const balance = gauge('gas_balance_wei', 'What an account has for gas.', ['purpose'])
    const needed = gauge('gas_needed_wei', 'What an account may need for gas.', ['purpose'])
    const endpoint = gauge('rpc_endpoint_up', '1 while an RPC endpoint is in good condition.', ['endpoint'])
    const games = gauge('disputes_open', 'Disputes that are on, by whom they wait for.', ['waits_for'])
    const deadline = gauge(
      'dispute_deadline_timestamp_seconds',
      'When the clock of the first dispute that waits for this node is empty; 0: none waits.',
    )
    const read = (now: NodeStatus) => {
      models.clear()
      for (const { offerId, model } of now.offers) models.set(offerId, model)
      ready.set(now.problems.length === 0 ? 1 : 0)
      owed.set(Number(now.owedWei))
      lanes.set(now.unsettledLanes)
      unfinal.set(now.unfinalLanes)
      pending.set(now.pendingPayments)
      chainAge.set(now.chainAgeSeconds)
      for (const each of now.offers) queue.set({ model: each.model }, each.queue)
      for (const { name, condition } of now.endpoints) endpoint.set({ endpoint: name }, condition === 'up' ? 1 : 0)
      for (const [purpose, purse] of [
        ['settlement', now.gas],
        ['disputes', now.disputes?.purse],
      ] as const) {
        if (!purse) continue
        balance.set({ purpose }, Number(purse.balanceWei))
        needed.set({ purpose }, Number(purse.neededWei))
      }
      const on = now.disputes?.on ?? []
      const ours = on.filter(({ waitsFor }) => waitsFor === 'us')
      games.set({ waits_for: 'us' }, ours.length)
      games.set({ waits_for: 'challenger' }, on.length - ours.length)
      deadline.set(ours.length === 0 ? 0 : Math.min(...ours.map((game) => game.deadline)))
    }
    read(status())
    reading = () => read(status())
  }
  const text = () => {
    reading()
    return registry.metrics()
  }
  return { observe, watch, text, contentType: registry.contentType }
}
