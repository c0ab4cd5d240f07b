import { HttpRequestError, LimitExceededRpcError, TimeoutError } from 'viem'
import type { Ask } from './ask.ts'

/** Questions that a chain is asked at a time: at first, and at most. */
const FIRST = 4
const MOST = 24
/** Milliseconds in which nothing is asked after a chain could not keep up; doubled each time until it can. */
const FIRST_PAUSE = 250
const LONGEST_PAUSE = 4_000
/** Status and, of some servers, code of an error: too many requests. */
const TOO_MANY = 429
const SERVER_ERROR = 500

/**
 * Asks as much at a time as a chain keeps up with. It starts with little and takes one more for each round of answers. When the
 * chain says that it is too much, or does not answer, half as much is asked from then on, after a pause, which is as long as the
 * chain says if it says so. Errors are passed on: whoever asked asks again, and waits for its turn like everybody.
 */
export function pace(ask: Ask): Ask {
  let atOnce = FIRST
  let pause = FIRST_PAUSE
  let asking = 0
  let refusals = 0
  let resting = false
  const waiting: (() => void)[] = []

  const next = () => {
    while (!resting && asking < Math.floor(atOnce)) {
      const go = waiting.shift()
      if (!go) return
      asking++
      go()
    }
  }
  const rest = (told: number) => {
    refusals++
    atOnce = Math.max(1, atOnce / 2)
    resting = true
    setTimeout(
      () => {
        resting = false
        next()
      },
      Math.max(pause, told),
    )
    pause = Math.min(2 * pause, LONGEST_PAUSE)
  }

  return async (question) => {
    await new Promise<void>((go) => {
      waiting.push(go)
      next()
    })
    const known = refusals
    try {
      const answer = await ask(question)
      if (known === refusals) {
        atOnce = Math.min(MOST, atOnce + 1 / atOnce)
        pause = FIRST_PAUSE
      }
      return answer
    } catch (error) {
      // What was asked before a refusal and is refused as well says nothing new.
      if (known === refusals && isRefusal(error)) rest(toldToWait(error))
      throw error
    } finally {
      asking--
      next()
    }
  }
}

/** Whether an error says that a chain was asked too much or can't be reached, and not what it thinks of a question. */
function isRefusal(error: unknown): boolean {
  if (error instanceof TimeoutError || error instanceof LimitExceededRpcError) return true
  if (error instanceof HttpRequestError)
    return error.status === undefined || error.status === TOO_MANY || error.status >= SERVER_ERROR
  return error instanceof Error && 'code' in error && error.code === TOO_MANY
}

/** Longest that a chain may tell to wait, in seconds: some name the end of their day. */
const MOST_TOLD = 60

/** Milliseconds that the chain's server wants to be left alone (RFC 9110, section 10.2.3, in seconds); 0 if it doesn't say. */
function toldToWait(error: unknown): number {
  const seconds = error instanceof HttpRequestError ? Number(error.headers?.get('Retry-After') ?? 0) : 0
  return Number.isFinite(seconds) ? 1_000 * Math.min(Math.max(seconds, 0), MOST_TOLD) : 0
}
