export type { IndexedDeployment } from './app/settings.ts'
export { IndexChainError, IndexEndedError, IndexInUseError } from './engine/errors.ts'
export type { StartIndexerParameters } from './engine/parameters.ts'
export { type RunningIndexer, startIndexer } from './engine/startIndexer.ts'
