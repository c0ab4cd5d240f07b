import { formatEther } from 'viem'
import { groupDigits } from '../../lib/groupDigits.ts'
import { Hint } from '../../ui/Hint.tsx'

type GasCostProps = { gas: { gas: bigint; wei: bigint } | undefined; payer: 'owner' | 'provider' }

/** What a step will take of the chain's coin, and from whom. */
export function GasCost({ gas, payer }: GasCostProps) {
  if (!gas) return <span className="text-sm text-muted">One transaction of your {payer} account.</span>
  return (
    <span className="text-sm text-muted">
      One transaction of your {payer} account, about{' '}
      <Hint text={`${groupDigits(String(gas.wei))} wei at the present price of gas`}>
        {groupDigits(String(gas.gas))} gas, {Number(formatEther(gas.wei)).toPrecision(2)} ETH
      </Hint>
      .
    </span>
  )
}
