export { readPayerFrom } from './chain/readPayer.ts'
export { readTogetherFrom } from './chain/readTogether.ts'
export { createNode, type NodeStatus, type StoaNode } from './createNode.ts'
export type { DisputesStatus, GameStatus } from './disputes/createDisputes.ts'
export {
  NodeConfigurationError,
  NotSettlerError,
  RefusedCallError,
  SettlementTooSlowError,
  UnservableOfferError,
  WrongReceiptKeyError,
} from './errors.ts'
export type { NodeEvent, NodeLogger } from './events.ts'
export { createNodeMetrics, type NodeMetrics } from './metrics/createNodeMetrics.ts'
export type { NodeLimits, NodeOffer, NodeParameters, SettlementSettings } from './parameters.ts'
export { type AcceptPaymentParameters, acceptPayment } from './payments/acceptPayment.ts'
export { type OpenPaymentsParameters, openPayments } from './payments/openPayments.ts'
export type { PaidAnswer, Payments, ServedOffer } from './payments/payments.ts'
export type { SettlementSummary } from './settlement/createSettlement.ts'
export type { Durability } from './store/openDatabase.ts'
export { type Probed, probeUpstream } from './upstreams/probeUpstream.ts'
export {
  checkUpstream,
  doesTask,
  InvalidUpstreamError,
  UPSTREAM_PROTOCOLS,
  type Upstream,
  type UpstreamProtocol,
} from './upstreams/upstream.ts'
