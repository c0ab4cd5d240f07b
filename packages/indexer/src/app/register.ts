import type { Virtual } from 'ponder'
import * as schema from '../schema/index.ts'
import type { IndexConfig } from './config.ts'
import { games } from './handlers/games.ts'
import { models } from './handlers/models.ts'
import { payers, signers } from './handlers/payers.ts'
import { providers } from './handlers/providers.ts'
import { revenue, token } from './handlers/revenue.ts'
import { type Happened, logOf } from './origin.ts'
import { plain } from './plain.ts'
import type { ContractName, Db, Handlers } from './types.ts'

type Registry = Virtual.Registry<IndexConfig, typeof schema>

const HANDLERS: { [contract in ContractName]: Handlers<contract> } = {
  modelRegistry: models,
  providerRegistry: providers,
  escrow: payers,
  revenueSink: revenue,
  arbiter: games,
  offerPayments: signers,
  smallModels: {},
  tokenOut: token,
  tokenIn: token,
}

/** Any event, whatever its arguments are. */
type AnyEvent = Happened & { args?: unknown }
type AnyHandler = (event: AnyEvent, db: Db) => Promise<unknown>
type AnyRegistry = {
  on(name: string, run: (given: { event: AnyEvent; context: { db: Db } }) => Promise<void>): void
}

/** Says what to do with every event of every contract: write it down, and what it means. */
export function register(registry: Registry, { contracts }: Pick<IndexConfig, 'contracts'>): void {
  // Which name has which event is checked where the handlers are; this loop treats all alike.
  const any = registry as unknown as AnyRegistry
  for (const [contract, { abi }] of Object.entries(contracts)) {
    const handlers: Readonly<Record<string, unknown>> = HANDLERS[contract as ContractName]
    const isToken = contract.startsWith('token')
    for (const item of abi) {
      if (item.type !== 'event' || (isToken && item.name !== 'Transfer')) continue
      const { name } = item
      const handle = handlers[name] as AnyHandler | undefined
      any.on(`${contract}:${name}`, async ({ event, context: { db } }) => {
        await handle?.(event, db)
        // Settlements have a row of their own with all that an event says.
        if (name === 'Settled') return
        const { args = {}, transaction } = event
        const row = {
          ...logOf(event),
          contract: isToken ? 'token' : contract,
          name,
          sender: transaction.from,
          args: plain(args),
        }
        const written = db.insert(schema.otherEvent).values(row)
        await (isToken ? written.onConflictDoNothing() : written)
      })
    }
  }
}
