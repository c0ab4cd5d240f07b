import { setTimeout as sleep } from 'node:timers/promises'
import { type Tensor, tensorOf, tensorsDigest, tensorToJson } from '@stoa/protocol'
import { type Audit, audit, type Books, type ClientCall } from './audit.ts'
import type { DirectCall } from './directBuyer.ts'
import { readLedger } from './ledger.ts'
import type { Fates } from './link.ts'
import { type ChaosMarket, MODEL, openChaosMarket, type Party } from './market.ts'
import { type Random, random } from './random.ts'
import { readBuyer, readSeller } from './stores.ts'
import { readTransfers } from './transfers.ts'
import { announce, leave } from './withdrawals.ts'

export type ChaosParameters = {
  /** All that happens, and about when, follows from it; what the operating system makes of it does not. */
  seed: number
  calls: number
  /** Minutes after which no more calls are made, however many were; as long as it takes where left out. */
  minutes?: number
  /** Calls between two mishaps of processes, about. */
  every: number
  /** Callers of each gateway at once; 4 where left out. */
  callers?: number
  /** Told what happens. */
  log?: (line: string) => void
}

export type ChaosResult = Audit & {
  seed: number
  seconds: number
  /** What happened to processes, and to requests on the lines. */
  mishaps: Readonly<Record<string, number>>
  /** Mishaps that could not happen here, and why. */
  leftOut: readonly string[]
}

/** Stores' logs of writes grow to 64 MiB before they are worked in, and each answer stays. */
const [DISK_BYTES, CALL_BYTES] = [128 << 20, 8_192]

const CALLERS = 4
/** Milliseconds for which a caller leaves a gateway alone that has no deposit left. */
const BROKE_MS = 100
/** Milliseconds between two calls paid by signed transfer: more than a transaction a second would have the chain's clock run ahead, by which they end in minutes. */
const TRANSFER_PAUSE_MS = [500, 2_500] as const
/** Share of calls whose caller hangs up. */
const HANG_UPS = 0.01
const SKEW_SECONDS = 3_600

/** Requests to sellers: one in ten meets with something. */
const ROUGH: Fates = [
  [90, 'pass'],
  [1.5, 'cutBefore'],
  [1.5, 'cutAfter'],
  [1, 'cutWithin'],
  [2, 'late'],
  [2, 'twin'],
  [1.9, 'again'],
  [0.1, 'silent'],
]
/** Requests to the chain, many of which belong to one thing to be done. */
const CHAIN: Fates = [
  [97, 'pass'],
  [0.7, 'cutBefore'],
  [0.7, 'cutAfter'],
  [0.6, 'late'],
  [1, 'twin'],
]
const CALM: Fates = [[1, 'pass']]

/**
 * Buys many answers while processes are killed, clocks are wrong, disks are full and lines break, then lets things settle and holds everybody's books against
 * each other.
 */
export async function runChaos(parameters: ChaosParameters): Promise<ChaosResult> {
  const { seed, every, callers = CALLERS, minutes = Number.POSITIVE_INFINITY, log = () => undefined } = parameters
  const { calls } = parameters
  const drawn = random(seed)
  const market = await openChaosMarket(drawn, DISK_BYTES + calls * CALL_BYTES)
  try {
    await Promise.all(market.sellers.map(({ service }) => service.start()))
    await Promise.all(market.buyers.map(({ service }) => service.start()))
    for (const link of market.links) link.decide(isToChain(market, link) ? CHAIN : ROUGH)
    log('all are up')
    const leftOut = market.hasDisks ? [] : ['full disks: this user may not mount a disk']
    for (const each of leftOut) log(`left out: ${each}`)
    const started = performance.now()
    const mishaps = createMishaps(market, drawn.fork('mishaps'), log)
    const made: ClientCall[] = []
    let next = 0
    let ended = false
    const monkey = (async () => {
      let due = every
      while (!ended) {
        if (made.length < due) {
          await sleep(5)
          continue
        }
        due += drawn.between(every / 2, every * 1.5)
        await mishaps.happen()
      }
    })()
    const failure = monkey.catch((error: unknown) => {
      next = calls
      throw error
    })
    const isOver = () => next >= calls || performance.now() - started > minutes * 60_000
    const caller = async (buyer: Party, own: Random) => {
      while (!isOver()) {
        const done = await call(next++, buyer, own)
        made.push(done)
        if (done.outcome === 'failed' && done.code === 'insufficient_deposit') await sleep(BROKE_MS)
        if (made.length % 100 === 0) log(`${made.length} calls`)
      }
    }
    const transfers: DirectCall[] = []
    const direct = async (own: Random) => {
      // Their numbers are below nought: no other call has the same request.
      for (let n = -1; !isOver(); n--) {
        const line = own.pick(market.sellers.map(({ links }) => [1, links[1]] as const))
        const numbers = BigInt64Array.of(BigInt(n), BigInt(own.between(0, 1e9)))
        const right = (y: readonly number[]) => y.every((each, i) => BigInt(each) === 2n * (numbers[i] ?? 0n))
        const bought = line && (await market.direct.buy(line.url, tensorOf('x', 'i64', [2], numbers), right))
        if (bought) transfers.push(bought)
        await sleep(bought ? own.between(...TRANSFER_PAUSE_MS) : 20)
      }
    }
    await Promise.all([
      ...market.buyers.flatMap((buyer, b) =>
        Array.from({ length: callers }, (_, c) => caller(buyer, drawn.fork(`caller ${b}.${c}`))),
      ),
      direct(drawn.fork('direct')),
    ])
    ended = true
    await failure
    const seconds = (performance.now() - started) / 1_000
    log(`${made.length} calls in ${seconds.toFixed(0)} s; settling`)
    await settle(market, transfers, log)
    const left = await leave(market.owner)
    const { faults, figures } = await readBooks(market, made, transfers, left)
    const crashes = [...market.sellers, ...market.buyers].flatMap(({ service }) =>
      service.crashes.map((said) => `${service.name} ended by itself: ${said}`),
    )
    return {
      faults: [...faults, ...crashes],
      figures,
      seed,
      seconds,
      mishaps: mishapsOf(market, mishaps.counts),
      leftOut,
    }
  } finally {
    await market.close()
  }
}

const isToChain = ({ sellers }: ChaosMarket, link: object) => !sellers.some(({ links }) => links[1] === link)

/** One call as a program makes it, again and again until its gateway is there. */
async function call(n: number, { service }: Party, own: Random): Promise<ClientCall> {
  const length = own.between(2, 8)
  const numbers = BigInt64Array.from({ length }, (_, i) => (i === 0 ? BigInt(n) : BigInt(own.between(0, 1e9))))
  const x: Tensor = tensorOf('x', 'i64', [length], numbers)
  const made = { call: n, request: tensorsDigest([x]).toLowerCase() }
  const body = JSON.stringify({ inputs: [tensorToJson(x)] })
  const hangUp = own.next() < HANG_UPS ? AbortSignal.timeout(own.between(1, 30)) : undefined
  for (;;) {
    const url = service.url()
    if (!url) {
      await sleep(20)
      continue
    }
    try {
      const response = await fetch(`${url}/v2/models/${encodeURIComponent(MODEL)}/infer`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body },
        ...(hangUp && { signal: hangUp }),
      })
      const told = await response.json()
      if (!response.ok) return { ...made, outcome: 'failed', code: told.error.code }
      const right = told.outputs[0].data.every((y: number, i: number) => BigInt(y) === 2n * (numbers[i] ?? 0n))
      const charge = BigInt(told.parameters.cost_wei)
      return { ...made, outcome: 'answered', right, receipt: told.stoa.receipt.digest, charge }
    } catch (error) {
      // Nobody listened: the call was not made.
      if (error instanceof TypeError && codeOf(error.cause) === 'ECONNREFUSED') await sleep(20)
      else return { ...made, outcome: 'lost' }
    }
  }
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined
}

/** What befalls processes, one thing at a time. */
function createMishaps(market: ChaosMarket, own: Random, log: (line: string) => void) {
  const counts: Record<string, number> = {}
  const oneOf = (parties: readonly Party[]) => own.pick(parties.map((party) => [1, party] as const))
  const anyone = () => oneOf([...market.sellers, ...market.buyers])
  const restart = async (party: Party, skewSeconds: number) => {
    await party.service.kill()
    await sleep(own.between(0, 500))
    await party.service.start(skewSeconds)
  }
  const kinds = {
    'kill node': () => restart(oneOf(market.sellers), 0),
    'kill gateway': () => restart(oneOf(market.buyers), 0),
    'kill chain': () => market.crashChain(),
    'clock an hour ahead': () => restart(anyone(), SKEW_SECONDS),
    'clock an hour behind': () => restart(anyone(), -SKEW_SECONDS),
    'kill everything': async () => {
      const parties = [...market.sellers, ...market.buyers]
      await Promise.all([market.crashChain(), ...parties.map(({ service }) => service.kill())])
      await Promise.all(parties.map(({ service }) => service.start()))
    },
    'withdrawal announced': () => announce(market.owner, own),
    'disk full': async () => {
      const { disk } = anyone()
      disk?.fill()
      await sleep(own.between(200, 1_500))
      disk?.free()
    },
    'disk full and killed': async () => {
      const party = anyone()
      party.disk?.fill()
      await sleep(own.between(50, 500))
      await party.service.kill()
      party.disk?.free()
      await party.service.start()
    },
  } as const
  const weights: readonly (readonly [number, keyof typeof kinds])[] = [
    [6, 'kill node'],
    [6, 'kill gateway'],
    [3, 'kill chain'],
    [2, 'clock an hour ahead'],
    [2, 'clock an hour behind'],
    [1, 'kill everything'],
    [2, 'withdrawal announced'],
    ...(market.hasDisks
      ? ([
          [3, 'disk full'],
          [2, 'disk full and killed'],
        ] as const)
      : []),
  ]
  // Each kind once, the worst first, so that no run is without one; from then on as they come.
  const first: (keyof typeof kinds)[] = ['kill everything']
  const others = weights.filter(([, kind]) => kind !== 'kill everything')
  while (others.length > 0) {
    const kind = own.pick(others)
    others.splice(
      others.findIndex(([, other]) => other === kind),
      1,
    )
    first.push(kind)
  }
  return {
    counts,
    async happen() {
      const kind = first.shift() ?? own.pick(weights)
      counts[kind] = (counts[kind] ?? 0) + 1
      log(kind)
      await kinds[kind]()
    },
  }
}

function mishapsOf({ links }: ChaosMarket, ofProcesses: Record<string, number>): Record<string, number> {
  const all = { ...ofProcesses }
  for (const { counts } of links)
    for (const [fate, count] of Object.entries(counts))
      if (fate !== 'pass') all[`${fate} on a line`] = (all[`${fate} on a line`] ?? 0) + count
  return all
}

/** Looks within which doubts have to be cleared and debts settled; each is a fraction of a second. */
const LOOKS = 600
/** Looks in a row, with the chain growing, at which nothing may be left: what a reorganisation took back is found out some seconds later. */
const QUIET_LOOKS = 16
/** Blocks at each look: a settlement is final after 64. */
const BLOCKS = 10

/** Puts everything right, and waits until nobody waits for anything. */
async function settle(
  market: ChaosMarket,
  transfers: readonly DirectCall[],
  log: (line: string) => void,
): Promise<void> {
  const parties = [...market.sellers, ...market.buyers]
  for (const link of market.links) link.decide(CALM)
  for (const { disk } of parties) disk?.free()
  // Clocks are right again.
  await Promise.all(parties.map(({ service }) => service.kill()))
  await Promise.all(market.sellers.map(({ service }) => service.start()))
  await Promise.all(market.buyers.map(({ service }) => service.start()))
  await Promise.all(market.links.map((link) => link.idle()))
  // What was signed may still be used: whoever has no answer for it asks again, one after the other, as of a transfer refused by a clock that was wrong too.
  for (const transfer of transfers) if (transfer.outcome !== 'answered') await transfer.ask()
  const open = async () => {
    let sum = 0n
    for (const { service } of market.buyers) sum += await service.ask('open')
    return sum
  }
  const owed = async () => {
    let sum = 0n
    for (const { service } of market.sellers) {
      sum += await service.ask('settle').catch(() => service.ask('owed'))
      sum += await service.ask('pending')
    }
    return sum
  }
  for (let looks = 0, quiet = 0; looks < LOOKS && quiet < QUIET_LOOKS; looks++) {
    await market.grow(BLOCKS)
    const [waiting, debts] = [await open(), await owed()]
    quiet = waiting === 0n && debts === 0n ? quiet + 1 : 0
    if (looks % 40 === 39) log(`${waiting} calls in doubt, ${debts} wei owed`)
    await sleep(250)
  }
  await Promise.all(parties.map(({ service }) => service.stop()))
}

async function readBooks(
  market: ChaosMarket,
  calls: readonly ClientCall[],
  transfers: readonly DirectCall[],
  left: Books['left'],
): Promise<Audit> {
  const { escrow, token, offerPayments } = market.deployment
  if (!offerPayments) throw new Error('the deployment takes no direct payments')
  const offers = market.sellers.flatMap((seller) => seller.offers)
  const { payer } = market.direct
  return audit({
    ledger: await readLedger(market.rpcUrl, { escrow, token, offers }),
    sellers: market.sellers.map(({ name, folder }) => readSeller(name, folder)),
    buyers: market.buyers.map(({ folder }) => readBuyer(market.payer, folder)),
    calls,
    direct: {
      ...{ payer, dollars: market.directDollars, calls: transfers },
      transfers: await readTransfers(market.rpcUrl, { token, offerPayments, offers, payer }),
    },
    left,
  })
}
