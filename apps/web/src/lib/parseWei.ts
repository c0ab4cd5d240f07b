import { BaseError, parseAmount, type TokenUnits } from '@stoa/protocol'

/** An amount that a person typed, in wei; or what is wrong with it. Nothing typed is nothing wrong. */
export function parseWei(
  text: string,
  token: TokenUnits,
  most?: { wei: bigint; words: string },
): { wei?: bigint; error?: string } {
  if (text.trim() === '') return {}
  try {
    const wei = parseAmount(text.trim(), token)
    if (wei === 0n) return { error: 'Give more than nothing.' }
    return most && wei > most.wei ? { error: most.words } : { wei }
  } catch (error) {
    if (!(error instanceof BaseError)) throw error
    return { error: error.shortMessage }
  }
}
