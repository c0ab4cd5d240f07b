import { createPublicClient, type Hex, http, parseAbi } from 'viem'
import { blockRanges } from './blockRanges.ts'

/** What the chain says about signed transfers, read with nothing of ours: amounts in wei. */
export type Transfers = {
  /** Those that the token has moved, `payer:nonce`. */
  moved: ReadonlySet<string>
  /** What lies in offers' accounts. */
  unswept: bigint
  /** What their buyer has left. */
  left: bigint
}

const TOKEN = parseAbi([
  'function balanceOf(address) view returns (uint256)',
  'event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce)',
])
const PAYMENTS = parseAbi(['function accountOf(bytes32 offerId) view returns (address)'])

export async function readTransfers(
  rpcUrl: string,
  places: { token: Hex; offerPayments: Hex; offers: readonly Hex[]; payer: Hex },
): Promise<Transfers> {
  const { token, offerPayments, offers, payer } = places
  const client = createPublicClient({ transport: http(rpcUrl) })
  const balanceOf = (account: Hex) =>
    client.readContract({ address: token, abi: TOKEN, functionName: 'balanceOf', args: [account] })
  let unswept = 0n
  for (const offer of offers)
    unswept += await balanceOf(
      await client.readContract({ address: offerPayments, abi: PAYMENTS, functionName: 'accountOf', args: [offer] }),
    )
  const moved = new Set<string>()
  const used = { address: token, abi: TOKEN, eventName: 'AuthorizationUsed' } as const
  for await (const range of blockRanges(client))
    for (const { args } of await client.getContractEvents({ ...used, ...range }))
      moved.add(`${args.authorizer}:${args.nonce}`.toLowerCase())
  return { moved, unswept, left: await balanceOf(payer) }
}
