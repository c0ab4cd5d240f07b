/** Digits of 2^96 − 1, the greatest amount a voucher can name. */
const DIGITS = 29

/**
 * A uint96 as SQLite keeps it here: decimal text of fixed width, because SQLite's integers end at 2^63 and text of one width sorts
 * as its numbers do.
 */
export function amountToText(wei: bigint): string {
  const text = wei.toString()
  if (wei < 0n || text.length > DIGITS) throw new RangeError(`${wei} is not an amount of wei.`)
  return text.padStart(DIGITS, '0')
}

/** The reverse of `amountToText`. */
export function amountOfText(text: string): bigint {
  return BigInt(text)
}
