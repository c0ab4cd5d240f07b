import { BaseError } from '../errors.ts'

/** How a token's amounts are written for people. */
export type TokenUnits = { symbol: string; decimals: number }

/** What a person wrote is no amount of the token. */
export class InvalidAmountError extends BaseError {
  override name = 'InvalidAmountError'
  constructor(text: string, { symbol, decimals }: TokenUnits) {
    super(`"${text}" is not an amount of ${symbol}.`, {
      code: 'INVALID_AMOUNT',
      hint: `Write a number with at most ${decimals} decimals, such as 12.5.`,
    })
  }
}

/** Wei as token units, exact: no rounding, no exponent. */
export function formatUnitsExact(wei: bigint, { decimals }: Pick<TokenUnits, 'decimals'>): string {
  const sign = wei < 0n ? '-' : ''
  const digits = (wei < 0n ? -wei : wei).toString().padStart(decimals + 1, '0')
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '')
  return `${sign}${digits.slice(0, digits.length - decimals)}${decimals > 0 && fraction ? `.${fraction}` : ''}`
}

/** Wei as token units with the token's symbol, exact. */
export function formatAmount(wei: bigint, token: TokenUnits): string {
  return `${formatUnitsExact(wei, token)} ${token.symbol}`
}

/** Token units, as a person writes them, to wei. Throws `InvalidAmountError` for signs, exponents and too many decimals. */
export function parseAmount(text: string, token: TokenUnits): bigint {
  const match = /^(\d{1,40})(?:\.(\d+))?$/.exec(text)
  const fraction = match?.[2] ?? ''
  if (!match || fraction.length > token.decimals) throw new InvalidAmountError(text, token)
  return BigInt(`${match[1]}${fraction.padEnd(token.decimals, '0')}`)
}
