/** A place at what is shared, for one call. */
export type Turn = {
  /** To be called once, when the call is over. */
  leave(): void
}

export type FairQueueParameters = {
  /** Calls that are served at once. */
  atOnce: number
  /** Calls that may wait besides. */
  mostWaiting: number
  /** Monotonic, in milliseconds. */
  now?: () => number
  /** What a call that finds no room is refused with; `seconds`: when to try again. */
  full: (seconds: number) => Error
}

export type FairQueue = {
  /**
   * Waits for a place. Rejects with `full` where there is no room, at once or when somebody with fewer calls needs the room; with the signal's reason when
   * that aborts while the call waits.
   */
  enter(party: string, options?: { signal?: AbortSignal | undefined }): Promise<Turn>
  /** A place where one is free and nobody waits; undefined where there is a reason to `enter`. */
  enterNow(party: string, options?: { signal?: AbortSignal | undefined }): Turn | undefined
  /** Calls that are served or wait. */
  depth(): number
  /** Seconds, at least 1, after which a call of this party that came now would be served: what a refused one is told. */
  waitSeconds(party: string): number
}

type Waiter = { start(): void; refuse(error: Error): void }
type Party = { waiting: Waiter[]; running: number /** Milliseconds served, as `clock` counts them. */; served: number }

/** Weight of the newest call in the mean duration. */
const NEWEST = 0.1
/** Milliseconds that a call is taken to last before any was seen. */
const FIRST_GUESS_MS = 100

/**
 * Shares what can serve so many calls at once among those who want it: the next place goes to who had least of it, in time and not in calls, and each party's own calls
 * come in their order. (Start-time fair queueing, Goyal, Vin and Cheng 1996, with the time measured instead of known before.) So who sends a thousand calls makes
 * another wait for one of them, not for a thousand. Where there is no room to wait, who has most waiting makes room (longest queue drop, Suter et al. 1999): nobody can take all of it.
 *
 * Always: at most `atOnce` are served and `mostWaiting` wait; nobody waits while a place is free; memory is bounded by those who wait or were served since somebody last
 * waited for nothing.
 */
export function createFairQueue({
  atOnce,
  mostWaiting,
  now = () => performance.now(),
  full,
}: FairQueueParameters): FairQueue {
  const parties = new Map<string, Party>()
  let running = 0
  let waiting = 0
  /** Who comes anew begins here: what it did not use before gives it no claim, and what others had is not held against it. */
  let clock = 0
  let meanMs = FIRST_GUESS_MS

  const partyOf = (name: string): Party => {
    const known = parties.get(name)
    if (known) {
      if (known.running === 0 && known.waiting.length === 0) known.served = Math.max(known.served, clock)
      return known
    }
    const party = { waiting: [], running: 0, served: clock }
    parties.set(name, party)
    return party
  }
  const serve = (party: Party): Turn => {
    const startedAt = now()
    const guess = meanMs
    clock = Math.max(clock, party.served)
    running++
    party.running++
    // Counted when it starts, so that one party does not get all places at once, and put right when it ends.
    party.served += guess
    let left = false
    return {
      leave() {
        if (left) return
        left = true
        const took = Math.max(now() - startedAt, 0)
        meanMs += NEWEST * (took - meanMs)
        party.served += took - guess
        running--
        party.running--
        next()
      },
    }
  }
  const next = () => {
    while (running < atOnce && waiting > 0) least(parties.values())?.waiting.shift()?.start()
    if (running === 0 && waiting === 0) parties.clear()
  }
  const dropLongest = (newcomer: Party): boolean => {
    let longest = newcomer
    for (const party of parties.values()) if (party.waiting.length > longest.waiting.length) longest = party
    const last = longest === newcomer ? undefined : longest.waiting.pop()
    if (!last) return false
    waiting--
    last.refuse(full(seconds(longest)))
    return true
  }
  /** Calls that come before one more of this party: its own, and of each other as many at most. */
  const seconds = (party: Pick<Party, 'waiting' | 'running'>): number => {
    const own = party.waiting.length + party.running + 1
    let before = own
    for (const other of parties.values())
      if (other !== party) before += Math.min(other.waiting.length + other.running, own)
    return Math.max(1, Math.ceil((before * meanMs) / atOnce / 1_000))
  }

  const enterNow: FairQueue['enterNow'] = (name, { signal } = {}) =>
    running < atOnce && waiting === 0 && !signal?.aborted ? serve(partyOf(name)) : undefined

  return {
    enterNow,
    enter(name, { signal } = {}) {
      if (signal?.aborted) return Promise.reject(signal.reason)
      const turn = enterNow(name)
      if (turn) return Promise.resolve(turn)
      const party = partyOf(name)
      if (waiting >= mostWaiting && !dropLongest(party)) {
        const error = full(seconds(party))
        if (party.running === 0 && party.waiting.length === 0) parties.delete(name)
        return Promise.reject(error)
      }
      const { promise, resolve, reject } = Promise.withResolvers<Turn>()
      const quit = () => {
        party.waiting.splice(party.waiting.indexOf(waiter), 1)
        waiting--
        reject(signal?.reason)
      }
      const waiter: Waiter = {
        start() {
          signal?.removeEventListener('abort', quit)
          waiting--
          resolve(serve(party))
        },
        refuse(error) {
          signal?.removeEventListener('abort', quit)
          reject(error)
        },
      }
      signal?.addEventListener('abort', quit, { once: true })
      party.waiting.push(waiter)
      waiting++
      return promise
    },
    depth: () => running + waiting,
    waitSeconds: (name) => seconds(parties.get(name) ?? { waiting: [], running: 0 }),
  }
}

/** Of those who wait the one that had least; of two, who is longer here. */
function least(parties: Iterable<Party>): Party | undefined {
  let found: Party | undefined
  for (const party of parties) if (party.waiting.length > 0 && (!found || party.served < found.served)) found = party
  return found
}
