import type { Virtual } from 'ponder'
import type * as schema from '../schema/index.ts'
import type { IndexConfig } from './config.ts'

type Schema = typeof schema
type Contracts = IndexConfig['contracts']
export type ContractName = keyof Contracts & string

type EventsOf<contract extends ContractName> = Extract<Contracts[contract]['abi'][number], { type: 'event' }>['name']
type FullName<contract extends ContractName> = Extract<
  `${contract}:${EventsOf<contract>}`,
  Virtual.EventNames<IndexConfig>
>

/** Where rows are written. Only this store's writes are undone when a block leaves the chain; raw SQL is not. */
export type Db = Virtual.Context<IndexConfig, Schema, FullName<ContractName>>['db']

/** What an index does with a contract's events, by their names. Every event is written to `events` beside. */
export type Handlers<contract extends ContractName> = {
  [name in EventsOf<contract>]?: (
    event: Virtual.Event<IndexConfig, Extract<`${contract}:${name}`, Virtual.EventNames<IndexConfig>>>,
    db: Db,
  ) => Promise<unknown>
}
