/** How asking one offer ended. `spent`: a voucher is out, which may be charged, and no valid answer came; otherwise nothing was charged. */
export type Asked<R> = { kind: 'answered'; result: R } | { kind: 'spent' | 'refused' | 'unsent' }

export type AskOffersParameters<O, R> = {
  /** In the order in which to ask. */
  ranked: readonly O[]
  /** Asks one. Rejects where no voucher could be signed: then nothing left. */
  ask: (offer: O) => Promise<Asked<R>>
  /** Wei: the ceiling of the voucher that asks it. */
  chargeOf: (offer: O) => bigint
  /** Wei: most that all vouchers of the call may come to, but for those that were refused. */
  ceiling: bigint | undefined
  /** Milliseconds without an answer from the first, after which a second is asked beside it; undefined: one at a time. */
  hedgeAfter: number | undefined
  /** Resolves so many milliseconds later, or when its signal aborts. */
  wait: (milliseconds: number, signal: AbortSignal) => Promise<unknown>
  /** Aborted: nobody else is asked. */
  signal: AbortSignal | undefined
}

/** The first answer, and what is still under way beside it. */
export type AskOffersResult<O, R> = { offer: O; result: R; beside: { offer: O; done: Promise<unknown> }[] }

/** Vouchers of one call that may be out without an answer: each may be charged, so no third party gets one. */
export const MAX_VOUCHERS = 2

/**
 * Asks offers until one answers: one after the other, or two side by side where the call is hedged. Undefined when none did, or none that is left fits under the ceiling. Rejects with the signal's
 * reason, or with what `ask` rejects with, where no voucher is out.
 */
export async function askOffers<O, R>(
  parameters: AskOffersParameters<O, R>,
): Promise<AskOffersResult<O, R> | undefined> {
  const { ask, chargeOf, ceiling, hedgeAfter, wait, signal } = parameters
  const underWay = new Map<O, Promise<{ offer: O; asked: Asked<R> | { kind: 'rejected'; error: unknown } }>>()
  let left = [...parameters.ranked]
  let spent: O[] = []
  let atOnce = 1
  const fits = (offer: O) => {
    const out = [...spent, ...underWay.keys()].reduce((sum, each) => sum + chargeOf(each), 0n)
    return ceiling === undefined || out + chargeOf(offer) <= ceiling
  }
  const start = (offer: O) => {
    left = left.filter((each) => each !== offer)
    const rejected = (error: unknown) => ({ offer, asked: { kind: 'rejected', error } as const })
    underWay.set(
      offer,
      ask(offer).then((asked) => ({ offer, asked }), rejected),
    )
  }
  let hedge: Promise<undefined> | undefined
  const timer = hedgeAfter === undefined ? undefined : new AbortController()
  const waitToHedge = async (milliseconds: number, ended: AbortSignal): Promise<undefined> => {
    await wait(milliseconds, ended)
    atOnce = 2
    hedge = undefined
  }
  if (hedgeAfter !== undefined && timer) hedge = waitToHedge(hedgeAfter, timer.signal)
  try {
    for (;;) {
      while (!signal?.aborted && underWay.size < atOnce && spent.length + underWay.size < MAX_VOUCHERS) {
        const next = left.find(fits)
        if (next === undefined) break
        start(next)
      }
      if (underWay.size === 0) {
        signal?.throwIfAborted()
        return undefined
      }
      const ended = await Promise.race([...underWay.values(), ...(hedge ? [hedge] : [])])
      if (!ended) continue
      const { offer, asked } = ended
      underWay.delete(offer)
      if (asked.kind === 'answered') {
        const beside = [...underWay].map(([each, done]) => ({ offer: each, done }))
        return { offer, result: asked.result, beside }
      }
      if (asked.kind === 'spent') spent = [...spent, offer]
      // Beside one that is under way it is no more than a hedge that was not placed.
      if (asked.kind === 'rejected' && underWay.size === 0) throw asked.error
    }
  } finally {
    timer?.abort()
  }
}
