import { CommandError } from '../errors.ts'

/** Decimals of the token that prices are shown in. */
export type TokenUnits = { symbol: string; decimals: number }

/** The local network's token. */
export const LOCAL_TOKEN: TokenUnits = { symbol: 'tUSD', decimals: 6 }

/** Wei as token units, exact: no rounding, no exponent. */
export function formatAmount(wei: bigint, { symbol, decimals }: TokenUnits): string {
  const sign = wei < 0n ? '-' : ''
  const digits = (wei < 0n ? -wei : wei).toString().padStart(decimals + 1, '0')
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '')
  return `${sign}${digits.slice(0, digits.length - decimals)}${fraction && `.${fraction}`} ${symbol}`
}

/** Token units, as a person writes them, to wei. Throws `CommandError` for signs, exponents and too many decimals. */
export function parseAmount(text: string, { symbol, decimals }: TokenUnits): bigint {
  const match = /^(\d{1,40})(?:\.(\d+))?$/.exec(text)
  const fraction = match?.[2] ?? ''
  if (!match || fraction.length > decimals)
    throw new CommandError(`"${text}" is not an amount of ${symbol}.`, {
      code: 'INVALID_AMOUNT',
      hint: `Write a number with at most ${decimals} decimals, such as 12.5.`,
    })
  return BigInt(`${match[1]}${fraction.padEnd(decimals, '0')}`)
}
