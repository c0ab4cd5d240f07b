import { createPublicClient, type Hex, http, parseAbi } from 'viem'
import { blockRanges } from './blockRanges.ts'

/** What the chain says about an escrow, read with nothing of ours: amounts in wei. */
export type Ledger = {
  /** What left each payer for each lane, `offer:payer:lane`, and how far the lane says that it is settled. */
  lanes: ReadonlyMap<string, { paid: bigint; settled: bigint }>
  refused: readonly string[]
  deposited: bigint
  /** What was withdrawn. */
  withdrawn: bigint
  /** What came by signed transfer and became an offer's revenue. */
  paidDirectly: bigint
  /** Deposits that are left, by payer. */
  balances: ReadonlyMap<string, bigint>
  /** What each offer has earned and nobody collected. */
  revenue: ReadonlyMap<string, bigint>
  /** What the escrow says that it owes, and what it holds. */
  owes: bigint
  holds: bigint
}

const ESCROW = parseAbi([
  'event Deposited(address indexed payer, uint256 amount, address key)',
  'event Settled(bytes32 indexed offerId, address indexed payer, uint64 lane, uint256 paid, uint256 settled, uint32 calls)',
  'event Withdrawn(address indexed payer, uint256 amount, address to)',
  'event OfferPaid(bytes32 indexed offerId, address indexed from, uint256 amount)',
  'event ClaimRefused(bytes32 indexed offerId, address indexed payer, uint64 lane, uint8 reason)',
  'struct Account { address key; uint96 balance; uint96 withdrawalAmount; uint40 withdrawableAt; }',
  'function getAccount(address payer) view returns (Account)',
  'function revenueOf(bytes32 offerId) view returns (address sink, uint256 amount)',
  'function totalOwed() view returns (uint256)',
])
const TOKEN = parseAbi(['function balanceOf(address) view returns (uint256)'])

/** Name of a lane, all in lower case. */
export const laneName = (offer: string, payer: string, lane: bigint) => `${offer}:${payer}:${lane}`.toLowerCase()

export async function readLedger(
  rpcUrl: string,
  { escrow, token, offers }: { escrow: Hex; token: Hex; offers: readonly Hex[] },
): Promise<Ledger> {
  const client = createPublicClient({ transport: http(rpcUrl) })
  const of = { address: escrow, abi: ESCROW } as const
  const lanes = new Map<string, { paid: bigint; settled: bigint }>()
  const payers = new Map<string, Hex>()
  const refused: string[] = []
  let [deposited, withdrawn, paidDirectly] = [0n, 0n, 0n]
  for await (const range of blockRanges(client))
    for (const { eventName, args } of await client.getContractEvents({ ...of, ...range })) {
      if (eventName === 'Deposited') {
        deposited += args.amount ?? 0n
        if (args.payer) payers.set(args.payer.toLowerCase(), args.payer)
      } else if (eventName === 'Settled') {
        const { offerId = '', payer = '', lane = 0n, paid = 0n, settled = 0n } = args
        const name = laneName(offerId, payer, lane)
        lanes.set(name, { paid: (lanes.get(name)?.paid ?? 0n) + paid, settled })
      } else if (eventName === 'Withdrawn') withdrawn += args.amount ?? 0n
      else if (eventName === 'OfferPaid') paidDirectly += args.amount ?? 0n
      else {
        const { offerId = '', payer = '', lane = 0n, reason } = args
        refused.push(`${laneName(offerId, payer, lane)} (${reason})`)
      }
    }
  const balances = new Map<string, bigint>()
  for (const [name, payer] of payers)
    balances.set(name, (await client.readContract({ ...of, functionName: 'getAccount', args: [payer] })).balance)
  const revenue = new Map<string, bigint>()
  for (const offer of offers)
    revenue.set(offer, (await client.readContract({ ...of, functionName: 'revenueOf', args: [offer] }))[1])
  const [owes, holds] = await Promise.all([
    client.readContract({ ...of, functionName: 'totalOwed' }),
    client.readContract({ address: token, abi: TOKEN, functionName: 'balanceOf', args: [escrow] }),
  ])
  return {
    ...{ lanes, refused, deposited, withdrawn, paidDirectly },
    ...{ balances, revenue, owes, holds },
  }
}
