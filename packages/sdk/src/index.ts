export { AUTHORIZATION } from './actions/authorization.ts'
export { type CheckDeploymentParameters, checkDeployment } from './actions/checkDeployment.ts'
export { allowBondCall } from './actions/disputes/allowBondCall.ts'
export {
  type ChallengeAnswerParameters,
  type ChallengeAnswerReturnType,
  challengeAnswer,
} from './actions/disputes/challengeAnswer.ts'
export {
  challengeCall,
  type MoveCallParameters,
  moveCall,
  type OpenedStage,
  proveMalformedCall,
  proveSilenceCall,
  proveWeightsCall,
  type Signed,
} from './actions/disputes/disputeCalls.ts'
export { encodeOpening, type Opening } from './actions/disputes/encodeOpening.ts'
export {
  encodePageOpening,
  encodePageProof,
  encodePageRun,
  type OpenedPageProof,
  type OpenedPageRun,
} from './actions/disputes/encodePage.ts'
export type { GameCall, GameFolds, GameStage, GameState } from './actions/disputes/gameState.ts'
export { type ArbiterTerms, getArbiterTerms } from './actions/disputes/getArbiterTerms.ts'
export { getBond } from './actions/disputes/getBond.ts'
export { getPayouts, type Payout } from './actions/disputes/getPayouts.ts'
export { getStakeAtRisk, type StakeAtRisk } from './actions/disputes/getStakeAtRisk.ts'
export { isJudged } from './actions/disputes/isJudged.ts'
export { type ListedGame, type ListGamesParameters, listGames } from './actions/disputes/listGames.ts'
export { type Conviction, type ListVerdictsParameters, listVerdicts } from './actions/disputes/listVerdicts.ts'
export { type PlayMoveParameters, playMove } from './actions/disputes/playMove.ts'
export { type PlayedGame, type ReadGameParameters, readGame, type Verdict } from './actions/disputes/readGame.ts'
export { type PlayedMove, readMoves } from './actions/disputes/readMoves.ts'
export { type Level, type Walk, type WalkStep, walkOf } from './actions/disputes/walkOf.ts'
export { type AddKeyParameters, type AddKeyReturnType, addKey } from './actions/escrow/addKey.ts'
export { type DepositParameters, type DepositReturnType, deposit } from './actions/escrow/deposit.ts'
export {
  type DepositWithAuthorizationParameters,
  type DepositWithAuthorizationReturnType,
  depositWithAuthorization,
} from './actions/escrow/depositWithAuthorization.ts'
export { type GetAccountParameters, type GetAccountReturnType, getAccount } from './actions/escrow/getAccount.ts'
export { type GetChannelParameters, type GetChannelReturnType, getChannel } from './actions/escrow/getChannel.ts'
export {
  type GetEscrowTermsParameters,
  type GetEscrowTermsReturnType,
  getEscrowTerms,
} from './actions/escrow/getEscrowTerms.ts'
export {
  type GetKeyValidUntilParameters,
  type GetKeyValidUntilReturnType,
  getKeyValidUntil,
} from './actions/escrow/getKeyValidUntil.ts'
export {
  type GetNextSettlerParameters,
  type GetNextSettlerReturnType,
  getNextSettler,
} from './actions/escrow/getNextSettler.ts'
export { type GetSettlerParameters, type GetSettlerReturnType, getSettler } from './actions/escrow/getSettler.ts'
export {
  type ListSettledOffersParameters,
  type ListSettledOffersReturnType,
  listSettledOffers,
} from './actions/escrow/listSettledOffers.ts'
export { type LockParameters, type LockReturnType, lock } from './actions/escrow/lock.ts'
export {
  type ProveOverchargeParameters,
  type ProveOverchargeReturnType,
  proveOvercharge,
} from './actions/escrow/proveOvercharge.ts'
export { type RemoveKeyParameters, type RemoveKeyReturnType, removeKey } from './actions/escrow/removeKey.ts'
export {
  type RequestWithdrawalParameters,
  type RequestWithdrawalReturnType,
  requestWithdrawal,
} from './actions/escrow/requestWithdrawal.ts'
export { type SetSettlerParameters, type SetSettlerReturnType, setSettler } from './actions/escrow/setSettler.ts'
export { type SettleParameters, type SettleReturnType, settle, settleCall } from './actions/escrow/settle.ts'
export { type SettleForParameters, type SettleForReturnType, settleFor } from './actions/escrow/settleFor.ts'
export {
  decodeSettlement,
  REFUSALS,
  type Refusal,
  type RefusedClaim,
  type SettledClaim,
  type SettlementClaim,
  type SettlementResult,
} from './actions/escrow/settlement.ts'
export {
  type DepositAuthorization,
  type SignDepositAuthorizationParameters,
  type SignDepositAuthorizationReturnType,
  signDepositAuthorization,
} from './actions/escrow/signDepositAuthorization.ts'
export {
  type SignSettlementParameters,
  type SignSettlementReturnType,
  signSettlement,
} from './actions/escrow/signSettlement.ts'
export { type UnlockParameters, type UnlockReturnType, unlock } from './actions/escrow/unlock.ts'
export { type WithdrawParameters, type WithdrawReturnType, withdraw } from './actions/escrow/withdraw.ts'
export { type GetBalancesParameters, type GetBalancesReturnType, getBalances } from './actions/getBalances.ts'
export { type GetTokenDomainParameters, getTokenDomain, type TokenDomain } from './actions/getTokenDomain.ts'
export { type CloseOfferParameters, type CloseOfferReturnType, closeOffer } from './actions/market/closeOffer.ts'
export { type CreateOfferParameters, type CreateOfferReturnType, createOffer } from './actions/market/createOffer.ts'
export { type GetOfferParameters, type GetOfferReturnType, getOffer } from './actions/market/getOffer.ts'
export {
  type GetProviderParameters,
  type GetProviderReturnType,
  getProvider,
  type Provider,
} from './actions/market/getProvider.ts'
export { type IsOfferOpenParameters, type IsOfferOpenReturnType, isOfferOpen } from './actions/market/isOfferOpen.ts'
export { type IsSignerOfParameters, type IsSignerOfReturnType, isSignerOf } from './actions/market/isSignerOf.ts'
export {
  type ListClosuresParameters,
  type ListClosuresReturnType,
  listClosures,
} from './actions/market/listClosures.ts'
export {
  type ListedOffer,
  type ListOffersParameters,
  type ListOffersReturnType,
  listOffers,
} from './actions/market/listOffers.ts'
export { type OfferIdOfParameters, offerIdOf } from './actions/market/offerIdOf.ts'
export {
  type RegisterProviderParameters,
  type RegisterProviderReturnType,
  registerProvider,
} from './actions/market/registerProvider.ts'
export {
  type ReplaceOfferParameters,
  type ReplaceOfferReturnType,
  replaceOffer,
} from './actions/market/replaceOffer.ts'
export { type SetEndpointParameters, type SetEndpointReturnType, setEndpoint } from './actions/market/setEndpoint.ts'
export { type SetSignerParameters, type SetSignerReturnType, setSigner } from './actions/market/setSigner.ts'
export { type StakeParameters, type StakeReturnType, stake } from './actions/market/stake.ts'
export { type UnbondParameters, type UnbondReturnType, unbond } from './actions/market/unbond.ts'
export {
  type WithdrawStakeParameters,
  type WithdrawStakeReturnType,
  withdrawStake,
} from './actions/market/withdrawStake.ts'
export {
  type ActivateVersionParameters,
  type ActivateVersionReturnType,
  activateVersion,
} from './actions/models/activateVersion.ts'
export { type ClassifyParameters, type ClassifyReturnType, classify } from './actions/models/classify.ts'
export {
  type GetModelParameters,
  type GetModelReturnType,
  getModel,
  type ModelVersion,
} from './actions/models/getModel.ts'
export {
  type ListChangedModelsParameters,
  type ListChangedModelsReturnType,
  listChangedModels,
} from './actions/models/listChangedModels.ts'
export { type ListModelsParameters, type ListModelsReturnType, listModels } from './actions/models/listModels.ts'
export {
  type PublishModelParameters,
  type PublishModelReturnType,
  publishModel,
} from './actions/models/publishModel.ts'
export {
  type PublishSmallModelParameters,
  type PublishSmallModelReturnType,
  publishSmallModel,
} from './actions/models/publishSmallModel.ts'
export {
  type PublishVersionParameters,
  type PublishVersionReturnType,
  publishVersion,
} from './actions/models/publishVersion.ts'
export {
  type SetOwnerShareParameters,
  type SetOwnerShareReturnType,
  setOwnerShare,
} from './actions/models/setOwnerShare.ts'
export {
  type SetResaleRoyaltyParameters,
  type SetResaleRoyaltyReturnType,
  setResaleRoyalty,
} from './actions/models/setResaleRoyalty.ts'
export type { DirectPayment } from './actions/payments/directPayment.ts'
export { type FindPaymentParameters, type FoundPayment, findPayment } from './actions/payments/findPayment.ts'
export { type GetOfferAccountParameters, getOfferAccount } from './actions/payments/getOfferAccount.ts'
export {
  decodePayments,
  type SettlePaymentsParameters,
  type SettlePaymentsReturnType,
  settlePayments,
  settlePaymentsCall,
} from './actions/payments/settlePayments.ts'
export { type SignPaymentParameters, signPayment } from './actions/payments/signPayment.ts'
export { type SweepOfferParameters, sweepOffer } from './actions/payments/sweepOffer.ts'
export {
  type CollectRevenueParameters,
  type CollectRevenueReturnType,
  collectRevenue,
} from './actions/revenue/collectRevenue.ts'
export { type GetRevenueParameters, type GetRevenueReturnType, getRevenue } from './actions/revenue/getRevenue.ts'
export {
  type GetRevenueBalanceParameters,
  type GetRevenueBalanceReturnType,
  getRevenueBalance,
} from './actions/revenue/getRevenueBalance.ts'
export {
  type WithdrawRevenueParameters,
  type WithdrawRevenueReturnType,
  withdrawRevenue,
} from './actions/revenue/withdrawRevenue.ts'
export type { ReadClient, WriteClient } from './clients.ts'
export {
  type CreateChainClientParameters,
  type CreateChainClientReturnType,
  createChainClient,
} from './createChainClient.ts'
export { type Deployment, deploymentSchema } from './deployment.ts'
export {
  AccountNeededError,
  ChainBehindError,
  ChainRequestError,
  ChainUnavailableError,
  ContractRevertError,
  FeeTooHighError,
  NoArbiterError,
  NoOfferPaymentsError,
  NoSmallModelsError,
  NotDeployedError,
  OutcomeUnknownError,
  type RevertArguments,
  UnexpectedAnswerError,
  WrongChainError,
} from './errors/chainErrors.ts'
export { CONTRACT_ABIS } from './errors/contractAbis.ts'
export { translateError } from './errors/translateError.ts'
export { type OpenSenderParameters, openSender, type Sender, type SignerClient } from './openSender.ts'
export type { EndpointCondition, EndpointState } from './rpc/endpointState.ts'
export {
  type EndpointEvent,
  type Endpoints,
  type OpenEndpointsParameters,
  openEndpoints,
  type TransportOptions,
} from './rpc/openEndpoints.ts'
export { endpointsOf, type RpcUrl } from './rpc/rpcUrl.ts'
export { type Call, sendCall, type WriteResult, writeResult } from './sendCall.ts'
