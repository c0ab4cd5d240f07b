import type { Address } from '@stoa/protocol'
import type { ReadClient } from '@stoa/sdk'
import type { NodeLogger } from '../events.ts'
import { type GasPurse, isLow, readGasPurse } from './gasPurse.ts'

export type GasWatchParameters = {
  client: ReadClient
  account: Address
  /** Units of gas that it should be able to pay for at any time. */
  gas: bigint
  /** What the account does, for the warning: "settles". */
  purpose: string
  logger: NodeLogger
}

export type GasWatch = {
  /** As last read; undefined until the chain was asked. */
  purse(): GasPurse | undefined
  /** What its operator should do; undefined while there is enough. */
  warning(): string | undefined
  /** Reads again, if the last reading is a minute old. Rejects with what the SDK throws. */
  look(): Promise<void>
}

const EVERY_MS = 60_000

/** Keeps an eye on an account's coin for gas, and tells once each time that it runs low. */
export function createGasWatch({ client, account, gas, purpose, logger }: GasWatchParameters): GasWatch {
  let purse: GasPurse | undefined
  let readAt = Number.NEGATIVE_INFINITY
  return {
    purse: () => purse,
    warning() {
      if (!purse || !isLow(purse)) return undefined
      const { balanceWei, neededWei } = purse
      return `${account}, which ${purpose}, has ${balanceWei} wei for gas and may need ${neededWei}: send it some.`
    },
    async look() {
      if (performance.now() - readAt < EVERY_MS) return
      const wasLow = purse && isLow(purse)
      purse = await readGasPurse(client, account, gas)
      readAt = performance.now()
      if (isLow(purse) && !wasLow) logger({ event: 'gas-low', ...purse })
    },
  }
}
