import type { Address } from '@stoa/protocol'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useHome } from '../../data/home.ts'
import { accountQuery } from '../../data/ledger.ts'
import { titleOf } from '../../routes/navigation.ts'
import { SignerBar } from '../../signer/SignerBar.tsx'
import { useSigner } from '../../signer/useSigner.ts'
import { Page } from '../../ui/Page.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { AccountChoice } from './AccountChoice.tsx'
import { Balance } from './Balance.tsx'
import { Bounds } from './Bounds.tsx'
import { DepositForm } from './DepositForm.tsx'
import { Keys } from './keys/Keys.tsx'
import { Receipts } from './receipts/Receipts.tsx'
import { Spending } from './spending/Spending.tsx'
import { TestMoney } from './TestMoney.tsx'
import { WithdrawForm } from './WithdrawForm.tsx'

const route = getRouteApi('/wallet')

/** What is on deposit, what becomes of it, and what came of it. */
export function WalletPage() {
  const { deployment, accounts } = useHome()
  const search = route.useSearch()
  const state = useSigner()
  const { signer } = state
  // The route's schema lets nothing else through.
  const shown = (search.account ?? accounts.payer) as Address
  const isGateways = shown.toLowerCase() === accounts.payer.toLowerCase()
  const { data: account, error, refetch } = useQuery(accountQuery(deployment, shown))
  return (
    <Page {...titleOf('/wallet')}>
      <div className="space-y-10">
        <div className="space-y-4">
          <SignerBar state={state} />
          <AccountChoice shown={shown} signer={signer?.address} />
          {error && !account && <Problem error={error} onRetry={() => void refetch()} />}
          {!account && !error && (
            <>
              <Skeleton className="panel h-36 sm:h-20" />
              <Skeleton className="panel h-[28rem] md:h-60" />
            </>
          )}
          {account && <Balance account={shown} ledger={account} isGateways={isGateways} />}
          {account && (
            <div className="grid gap-4 md:grid-cols-2">
              <DepositForm key={`in ${shown}`} payer={shown} ledger={account} signer={signer} />
              <WithdrawForm key={`out ${shown}`} payer={shown} ledger={account} signer={signer} />
            </div>
          )}
          {signer && <TestMoney account={signer.address} />}
        </div>
        <Spending payer={shown} />
        {isGateways && <Bounds />}
        {isGateways && <Keys />}
        {isGateways && <Receipts />}
      </div>
    </Page>
  )
}
