import type { Rules } from '../types.ts'

/** The member `stoa` of a request: the rules that the person set, and nothing where there are none (specs/gateway-http.md). */
export function rulesMember({ maxCostWei, provider }: Rules): { stoa?: object } {
  if (maxCostWei === undefined && provider === undefined) return {}
  return {
    stoa: { ...(maxCostWei !== undefined && { max_cost_wei: String(maxCostWei) }), ...(provider && { provider }) },
  }
}
