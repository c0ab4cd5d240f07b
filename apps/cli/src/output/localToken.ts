import type { TokenUnits } from '@stoa/protocol'

/** The local network's token. */
export const LOCAL_TOKEN: TokenUnits = { symbol: 'tUSD', decimals: 6 }
