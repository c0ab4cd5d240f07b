import { z } from 'zod'
import type { InferParameters } from '../infer/createInfer.ts'
import { type ProviderRules, providerRules } from '../routing/providerRules.ts'

const rules = z.object({
  /** Wei: an offer that may charge more for this call is not asked. */
  max_cost_wei: z
    .string()
    .regex(/^\d{1,30}$/)
    .optional(),
  /** The only seller that is asked. */
  provider: z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{40}$/)]).optional(),
})

/** What a caller may decide about one call: the members `stoa` and `provider` of a request (specs/gateway-http.md, "What a caller decides"; specs/routing.md). */
export const rulesField = { stoa: rules.nullish(), provider: providerRules.nullish() }

/** The rules of one call, for the gateway's verb. */
export function rulesOf({
  stoa,
  provider: wanted,
}: {
  stoa?: z.infer<typeof rules> | null | undefined
  provider?: ProviderRules | null | undefined
}): Pick<InferParameters, 'rules' | 'provider' | 'maxPrice'> {
  const { provider, max_cost_wei: most } = stoa ?? {}
  return {
    ...(wanted && { rules: wanted }),
    ...(provider && { provider }),
    ...(most !== undefined && { maxPrice: BigInt(most) }),
  }
}
