import { formatEther } from 'viem'
import { groupDigits } from '../../lib/groupDigits.ts'
import { Hint } from '../../ui/Hint.tsx'

/** What a step will take of the chain's coin, and from whom. */
export function GasCost({
  gas,
  payer,
  isLeast = false,
}: {
  gas: { gas: bigint; wei: bigint } | undefined
  payer: 'owner' | 'provider'
  /** Whether more can come of it than was rehearsed. */
  isLeast?: boolean
}) {
  if (!gas) return <span className="text-sm text-muted">One transaction of your {payer} account.</span>
  return (
    <span className="text-sm text-muted">
      One transaction of your {payer} account, {isLeast ? 'at least' : 'about'}{' '}
      <Hint text={`${groupDigits(String(gas.wei))} wei at the present price of gas`}>
        {groupDigits(String(gas.gas))} gas, {Number(formatEther(gas.wei)).toPrecision(2)} ETH
      </Hint>
      .
    </span>
  )
}
