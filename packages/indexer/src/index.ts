export { IndexChainError, IndexEndedError, IndexInUseError } from './engine/errors.ts'
export { type IndexerState, type KeptIndexer, keepIndexer } from './engine/keepIndexer.ts'
export type { StartIndexerParameters } from './engine/parameters.ts'
export { type RunningIndexer, startIndexer } from './engine/startIndexer.ts'
