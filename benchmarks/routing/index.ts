import { type BenchGoal, type BenchResult, type BenchRow, machine } from '../result.ts'
import { type Outcome, type Policy, simulate } from './simulate.ts'

/** One market's p50 lies some two fifths from the next one's: the mean of five says nothing of differences below a third, that of twenty some of those above a tenth. */
const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1)
const OURS: Policy = { name: 'balanced', rules: {} }
const HEDGED: Policy = { name: 'balanced, hedged after 1 s', rules: { hedge: { afterMs: 1_000 } } }
const FASTEST: Policy = { name: 'sort: latency', rules: { sort: 'latency' } }
const CHEAPEST: Policy = { name: 'cheapest first', rules: { sort: 'price' } }
const RANDOM: Policy = { name: 'random', rules: 'random' }

/** A market of 50 made-up sellers with heavy-tailed times, failures, outages and changing prices; 6,000 calls a policy and seed, with the gateway's own chooser, breaker and way of asking. */
export async function run(): Promise<BenchResult> {
  const outcomes = new Map<Policy, Outcome>()
  for (const policy of [OURS, HEDGED, FASTEST, CHEAPEST, RANDOM]) {
    const runs: Outcome[] = []
    for (const seed of SEEDS) runs.push(await simulate(policy, seed))
    outcomes.set(policy, meanOf(runs))
  }
  const of = (policy: Policy): Outcome => {
    const found = outcomes.get(policy)
    if (!found) throw new Error(`${policy.name} was not run`)
    return found
  }
  const rows = [OURS, HEDGED, FASTEST].flatMap((policy) =>
    [CHEAPEST, RANDOM].flatMap((peer) => compare(policy, of(policy), peer, of(peer))),
  )
  const [ours, hedged, cheapest, chance] = [of(OURS), of(HEDGED), of(CHEAPEST), of(RANDOM)]
  const atMost = (goal: string, value: number, target: number, unit: string): BenchGoal => {
    return { goal, value, target, unit, met: value <= target }
  }
  return {
    name: 'routing',
    machine: machine(),
    rows,
    goals: [
      atMost('p99 balanced, below cheapest first', ours.p99, cheapest.p99, 'ms'),
      atMost('p99 balanced, below random', ours.p99, chance.p99, 'ms'),
      atMost('cost balanced, below random', ours.cost, chance.cost, 'wei'),
      atMost('p99 hedged, below balanced', hedged.p99, ours.p99, 'ms'),
    ],
  }
}

function compare(policy: Policy, ours: Outcome, peer: Policy, theirs: Outcome): BenchRow[] {
  const units = { p50: 'ms', p99: 'ms', cost: 'wei', failed: 'of calls', asked: 'asked a call' } as const
  return (['p50', 'p99', 'cost', 'failed', 'asked'] as const).map((figure) => {
    const [a, b] = [ours[figure], theirs[figure]]
    // None of either is the same.
    const ratio = b === 0 ? (a === 0 ? 1 : a) : a / b
    return { case: `${policy.name}: ${figure}`, ours: a, peer: b, peerName: peer.name, ratio, unit: units[figure] }
  })
}

function meanOf(runs: readonly Outcome[]): Outcome {
  const mean = (figure: keyof Outcome) => runs.reduce((sum, run) => sum + run[figure], 0) / runs.length
  return { p50: mean('p50'), p99: mean('p99'), cost: mean('cost'), failed: mean('failed'), asked: mean('asked') }
}
