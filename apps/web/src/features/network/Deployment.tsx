import { useHome } from '../../data/home.ts'
import { Fact } from '../../ui/Fact.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Hash } from '../../ui/Hash.tsx'

/** The contracts by what they do, as `deployment` calls them. */
const CONTRACTS = {
  token: 'Token',
  modelRegistry: 'Models',
  providerRegistry: 'Providers and offers',
  escrow: 'Escrow',
  revenueSink: 'Revenue',
  offerPayments: 'Direct payments',
  arbiter: 'Judge',
  smallModels: 'Small models',
} as const

/** Where the market is: one chain, and the contracts that offers name. */
export function Deployment() {
  const { deployment, token } = useHome()
  const contracts = Object.entries(CONTRACTS) as [keyof typeof CONTRACTS, string][]
  return (
    <Facts columns={4}>
      <Fact name="Chain">{deployment.chainId}</Fact>
      {contracts.map(([key, name]) => {
        const address = deployment[key]
        return (
          address && (
            <Fact key={key} name={key === 'token' ? `${name}, ${token.symbol}` : name}>
              <Hash value={address} what={`address of ${name.toLowerCase()}`} />
            </Fact>
          )
        )
      })}
    </Facts>
  )
}
