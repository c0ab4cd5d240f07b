import type { Hex } from '@stoa/protocol'
import { openPaymentRun } from '../gateway/payInProcess.ts'
import { type RunningEconomy, startEconomy } from '../gateway/startEconomy.ts'
import { type BenchResult, machine } from '../result.ts'
import { openExactRun } from './exactPeer.ts'
import { boughtPerSecond } from './overHttp.ts'

const MODEL = 'stoa/embed-en'
const AT_ONCE = 40
/** Rounds in turns, so that whatever else the machine does meets both. */
const ROUNDS = 5
const [OURS, THEIRS] = [2_000, 80]
/** In-process vouchers beside in-process `exact`. */
const GOAL = 100
const PEER = 'x402 exact, managed nonces, in process'

/** Payments a second: vouchers in this process, and calls that a stock client buys over HTTP, beside x402's own `exact`, 40 at a time on the same chain. */
export async function run(): Promise<BenchResult> {
  const economy = await startEconomy()
  try {
    const offer = economy.offers.find((known) => known.model === MODEL)
    if (!offer) throw new Error(`${MODEL} is not offered.`)
    const { vouchers, peer } = await inProcess(economy, offer.offerId)
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

/** Payments a second, by voucher and by `exact`. */
async function inProcess(economy: RunningEconomy, offerId: Hex): Promise<{ vouchers: number; peer: number }> {
  const ours = await openPaymentRun(economy, { offerId, atOnce: AT_ONCE })
  const theirs = await openExactRun(economy, AT_ONCE)
  try {
    let [mine, other] = [0, 0]
    for (let round = 0; round < ROUNDS; round++) {
      mine += await ours.run(OURS)
      other += await theirs.run(THEIRS)
    }
    return { vouchers: (ROUNDS * OURS) / mine, peer: (ROUNDS * THEIRS) / other }
  } finally {
    await ours.close()
    await theirs.close()
  }
}
