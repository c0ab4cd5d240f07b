import type { Chain } from './chain.ts'

/** What never changes and has to be read once. */
export type Terms = {
  /** Seconds: longest that sellers accept a voucher to be good. */
  maxVoucherValidity: number
  /** Decimals of the token. */
  decimals: number
}

export type TermsReader = {
  /** Reads them unless they are known, after checking that this is the deployment's chain. Rejects when the chain can't be read. */
  read(): Promise<Terms>
  last(): Terms | undefined
}

export function readTerms(chain: Pick<Chain, 'check' | 'terms' | 'tokenDecimals'>): TermsReader {
  let last: Terms | undefined
  return {
    async read() {
      if (last) return last
      await chain.check()
      const [{ maxVoucherValidity }, decimals] = await Promise.all([chain.terms(), chain.tokenDecimals()])
      last = { maxVoucherValidity, decimals }
      return last
    },
    last: () => last,
  }
}
