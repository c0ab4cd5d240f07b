import { type Address, formatAmount } from '@stoa/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { chainClient } from '../../data/chain.ts'
import { useHome } from '../../data/home.ts'
import { balancesQuery } from '../../data/ledger.ts'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'

/** Whole tokens a time, and wei of the chain's coin where the account has none for gas. */
const TOKENS = 100n
const COIN = 10n ** 18n

/** On a chain of this machine, money to try with; anywhere else, nothing. */
export function TestMoney({ account }: { account: Address }) {
  const { development, deployment, token } = useHome()
  const client = useQueryClient()
  const { data: held } = useQuery(balancesQuery(deployment, account))
  const usd = TOKENS * 10n ** BigInt(token.decimals)
  const { mutate, error, isPending } = useMutation({
    async mutationFn(key: `0x${string}`) {
      const [{ fundAccount }, { privateKeyToAccount }] = await Promise.all([
        import('@stoa/localnet/fundAccount'),
        import('../../signer/keyAccount.ts'),
      ])
      const minter = chainClient(deployment.chainId, privateKeyToAccount(key))
      const wei = held?.native === 0n ? COIN : 0n
      await fundAccount(minter, { deployment, to: account, usd, wei })
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['ledger'] }),
  })
  if (!development) return null
  return (
    <div className="flex flex-wrap items-center gap-3 text-muted">
      <Button disabled={isPending || !held} onClick={() => mutate(development.minter.key)}>
        {isPending ? 'Minting…' : `Get ${formatAmount(usd, token)}`}
      </Button>
      <span>Test money, made on this machine’s own chain. It is worth nothing anywhere.</span>
      {error && <Problem error={error} />}
    </div>
  )
}
