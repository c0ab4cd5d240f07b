import type { Hex } from '@stoa/protocol'
import type { Ask, Question } from './ask.ts'
import type { RpcLog } from './runs.ts'

/** What logs are asked for: of some contracts, of some events, of a range of blocks. */
type Wanted = { addresses: readonly string[]; events: readonly string[]; fromBlock: string; toBlock: string }

/** Questions for logs of the same blocks that wait to be asked, as one. */
type Joined = { wanted: Wanted[]; answer: Promise<unknown> }

/**
 * The engine asks for the logs of each event of each contract by itself: sixty times the same blocks. What of that is asked in one
 * turn of the event loop the chain is asked once, and of its answer each gets its own. Other questions are asked as they are.
 */
export function joinQuestions(ask: Ask): Ask {
  const open = new Map<string, Joined>()

  const join = (wanted: Wanted): Joined => {
    const key = `${wanted.fromBlock} ${wanted.toBlock}`
    const joined = open.get(key)
    if (joined) {
      joined.wanted.push(wanted)
      return joined
    }
    const all = [wanted]
    const answer = new Promise<void>((turn) => setImmediate(turn)).then(() => {
      open.delete(key)
      return ask(questionFor(all))
    })
    const begun = { wanted: all, answer }
    open.set(key, begun)
    return begun
  }

  return async (question) => {
    const wanted = wantedBy(question)
    if (!wanted) return ask(question)
    const logs = await join(wanted).answer
    return Array.isArray(logs) ? (logs as RpcLog[]).filter((log) => isWanted(log, wanted)) : logs
  }
}

/** What a question for logs wants; undefined for one that tells events apart by more than their kind, and for any other question. */
function wantedBy({ method, params }: Question): Wanted | undefined {
  const [filter]: unknown[] = method === 'eth_getLogs' && Array.isArray(params) ? params : []
  if (typeof filter !== 'object' || filter === null) return undefined
  const { address, topics, fromBlock, toBlock } = filter as Readonly<Record<string, unknown>>
  const [addresses, events] = [lowered(address), Array.isArray(topics) && topics.length === 1 ? lowered(topics[0]) : []]
  if (!addresses.length || !events.length || typeof fromBlock !== 'string' || typeof toBlock !== 'string')
    return undefined
  return { addresses, events, fromBlock, toBlock }
}

function lowered(given: unknown): string[] {
  const list: unknown[] = Array.isArray(given) ? given : [given]
  return list.filter((each) => typeof each === 'string').map((each) => each.toLowerCase())
}

/** One question that gets what all of them want, and at times more. */
function questionFor(wanted: readonly Wanted[]): Question {
  const [first] = wanted
  const address = [...new Set(wanted.flatMap(({ addresses }) => addresses))]
  const events = [...new Set(wanted.flatMap((each) => each.events))]
  return {
    method: 'eth_getLogs',
    params: [{ address, topics: [events], fromBlock: first?.fromBlock, toBlock: first?.toBlock }],
  }
}

function isWanted(log: { address: Hex; topics: readonly Hex[] }, { addresses, events }: Wanted): boolean {
  return addresses.includes(log.address.toLowerCase()) && events.includes(log.topics[0]?.toLowerCase() ?? '')
}
