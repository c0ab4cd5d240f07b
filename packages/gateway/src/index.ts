export { createGateway } from './createGateway.ts'
export type { DescribedDispute } from './disputes/describeDispute.ts'
export type { DisputeParameters, DisputePolicy } from './disputes/policy.ts'
export {
  BadRequestError,
  BodyTooLargeError,
  BudgetExceededError,
  type FailedAttempt,
  GatewayClosedError,
  GatewayError,
  InsufficientDepositError,
  InvalidImageError,
  KeyNotRegisteredError,
  MarketUnknownError,
  NoOfferLeftError,
  NoProviderError,
  NoValidAnswerError,
  OverExposureError,
  PriceTooHighError,
  PromptTooLongError,
  RequestRefusedError,
  StateFolderError,
  TokenizerUnavailableError,
  TooManyCallsError,
  UnknownKeyError,
  UnknownModelError,
  WrongTaskError,
} from './errors.ts'
export type { GatewayParameters, StoaGateway } from './gateway.ts'
export type { HttpAccess } from './http/guard.ts'
export { decodeImage } from './images/decodeImage.ts'
export type { InferParameters, InferResult } from './infer/createInfer.ts'
export type { BudgetAlert, Budgets, Key, KeySettings, KeyStanding } from './keys/key.ts'
export type { Listening, ListenParameters } from './listen.ts'
export type { GatewayEvent, Logger } from './logger.ts'
export type { ListedModel, Listing, Provider } from './market/market.ts'
export { createGatewayMetrics, type GatewayMetrics } from './metrics/createGatewayMetrics.ts'
export { type ProviderRules, providerRules } from './routing/providerRules.ts'
export type { Limits, Timeouts } from './settings.ts'
export type { GatewayStatus } from './status.ts'
export type { Durability } from './store/openStore.ts'
export type { KeptReceipt, ReceiptPage, ReceiptQuery } from './store/receiptTable.ts'
export { retireLanes } from './store/retireLanes.ts'
export { embeddingRequest, readEmbeddingAnswer } from './tasks/embedding.ts'
export { type OcrAnswer, type OcrLine, readOcrAnswer } from './tasks/ocr.ts'
export type { Overcharge } from './watch/findOvercharge.ts'
