// How offers are chosen and asked, without a gateway around it: pure but for what is passed in, so that it can be tried against a made-up market.
export { type Asked, askOffers } from '../infer/askOffers.ts'
export { asked, type Breaker, CLOSED, failed, lets, released } from './breaker.ts'
export type { Candidate } from './candidate.ts'
export { chooseOffers } from './chooseOffers.ts'
export { type LiveStats, liveStats } from './liveStats.ts'
export { type ProviderRules, providerRules } from './providerRules.ts'
export type { RoutingRules } from './rules.ts'
