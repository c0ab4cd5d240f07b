/** How often a gateway computes again what it bought. Nobody can tell beforehand which answers. */
export type RerunPolicy = {
  /** Share of answers, 0 to 1, that are computed again whatever they cost. */
  share: number
  /** Wei: an answer that costs this much is always computed again, a cheaper one in proportion; undefined: cost does not matter. */
  alwaysFrom: bigint | undefined
  /**
   * Whether answers that are only attested are audited too (specs/audits.md): their weights, which no profile's loader has checked, are then
   * opened here.
   */
  auditAttested: boolean
  /** Largest weights to fetch for it, in bytes; models with more are not computed again. */
  maxWeightsBytes: number
}

export const DEFAULT_RERUN: RerunPolicy = {
  share: 0.02,
  alwaysFrom: undefined,
  auditAttested: false,
  maxWeightsBytes: 1 << 30,
}

/** Chance, 0 to 1, that an answer of this charge (wei) is computed again. */
export function chanceOf({ share, alwaysFrom }: RerunPolicy, charge: bigint): number {
  if (alwaysFrom === undefined) return share
  if (charge >= alwaysFrom) return 1
  return Math.max(share, Number(charge) / Number(alwaysFrom))
}
