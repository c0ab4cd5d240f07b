import { z } from 'zod'

/** 32 bytes in hex. */
export const bytes32 = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{64}$/)])
export const address = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{40}$/)])
/** An amount, or another whole number, as a decimal string. */
export const wei = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt)
