import type { Hex } from '@stoa/protocol'
import type { ListedModel } from './market.ts'

/** The keys of sellers by their endpoints, as the market has them; what it had once is remembered, for calls whose outcome is still asked for. */
export function endpointKeys(models: () => readonly ListedModel[]): (endpoint: string) => Hex | undefined {
  const known = new Map<string, Hex>()
  return (endpoint) => {
    for (const { listings } of models())
      for (const { provider } of listings) known.set(provider.endpoint, provider.endpointKey)
    return known.get(endpoint)
  }
}
