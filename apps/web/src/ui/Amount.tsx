import { formatUnitsExact } from '@stoa/protocol'
import { useHome } from '../data/home.ts'
import { groupDigits } from '../lib/groupDigits.ts'
import { Hint } from './Hint.tsx'

/** An amount of the token in its units; the exact wei on hover and focus. */
export function Amount({ wei, per }: { wei: bigint; per?: string }) {
  const { token } = useHome()
  return (
    <Hint
      text={`${groupDigits(String(wei))} wei of ${token.symbol}${per ? ` per ${per}` : ''}`}
      className="whitespace-nowrap"
    >
      {groupDigits(formatUnitsExact(wei, token))} <span className="text-muted">{token.symbol}</span>
    </Hint>
  )
}
