export { CREATE2_FACTORY, type DeploymentTerms, LOCAL_CHAIN_ID } from './contractPlan.ts'
export { type DeploymentOfParameters, deploymentOf } from './deploymentOf.ts'
export { deployStoa } from './deployStoa.ts'
export { DEVELOPMENT_KEYS } from './developmentKeys.ts'
export {
  AnvilMissingError,
  ChainNotSavedError,
  ChainStartError,
  FactoryUnavailableError,
  FolderInUseError,
  PortInUseError,
  TokenNeededError,
} from './errors.ts'
export { freePort } from './freePort.ts'
export { type FundAccountParameters, fundAccount } from './fundAccount.ts'
export { type GasFigures, type MeasureGasParameters, measureGas } from './measureGas.ts'
export { type RunningChain, type StartChainParameters, startChain } from './startChain.ts'
