import { paymentsPerSecond } from '../gateway/payInProcess.ts'
import { startEconomy } from '../gateway/startEconomy.ts'
import { type BenchResult, machine } from '../result.ts'
import { exactPerSecond } from './exactPeer.ts'
import { boughtPerSecond } from './overHttp.ts'

const MODEL = 'stoa/embed-en'
const AT_ONCE = 40
/** In-process vouchers beside in-process `exact`. */
const GOAL = 100
const PEER = 'x402 exact, managed nonces, in process'

/** Payments a second: vouchers in this process, and calls that a stock client buys over HTTP, beside x402's own `exact`, 40 at a time on the same chain. */
export async function run(): Promise<BenchResult> {
  const economy = await startEconomy()
  try {
    const offer = economy.offers.find((known) => known.model === MODEL)
    if (!offer) throw new Error(`${MODEL} is not offered.`)
    const vouchers = await paymentsPerSecond(economy, offer.offerId, { payments: 5_000, atOnce: AT_ONCE })
    const peer = await exactPerSecond(economy, { payments: 400, atOnce: AT_ONCE })
    const byVoucher = await boughtPerSecond(economy, 'stoa-voucher', { calls: 400, atOnce: 16 })
    const byTransfer = await boughtPerSecond(economy, 'exact', { calls: 400, atOnce: 16 })
    const row = (name: string, ours: number) => {
      return { case: name, ours, peer, peerName: PEER, ratio: ours / peer, unit: 'payments/s' }
    }
    return {
      name: 'payments',
      machine: machine(),
      rows: [
        row('in process: sign, check, receipt, store', vouchers),
        row('bought over HTTP by voucher, with model', byVoucher),
        row('bought over HTTP by transfer, with model', byTransfer),
      ],
      goals: [
        {
          ...{ goal: 'in process, times the peer', value: vouchers / peer, target: GOAL, unit: 'times' },
          met: vouchers / peer >= GOAL,
        },
      ],
    }
  } finally {
    await economy.stop()
  }
}
