import { z } from 'zod'
import type { PartName } from './describeHome.ts'

/** How a part of the home is. */
export type Look = {
  ok: boolean
  /** What it said, or that it said nothing; a sentence. */
  detail: string
  /** Milliseconds that it took to say so. */
  ms: number
}

/** Longest that a look takes. */
const LOOK_TIMEOUT_MS = 2_000

/** Asks one part of the home how it is; `url` is where it is. Never throws: a part that does not answer is what this is for. */
export async function lookAtPart(name: PartName, url: string): Promise<Look> {
  const started = performance.now()
  const signal = AbortSignal.timeout(LOOK_TIMEOUT_MS)
  const found = await ASK[name](url, signal).catch(() => ({
    ok: false,
    detail: signal.aborted ? `It did not answer in ${LOOK_TIMEOUT_MS / 1_000} seconds.` : 'It does not answer.',
  }))
  return { ...found, ms: Math.round(performance.now() - started) }
}

type Ask = (url: string, signal: AbortSignal) => Promise<Omit<Look, 'ms'>>

const ASK: Readonly<Record<PartName, Ask>> = {
  gateway: saysHealth,
  node: saysHealth,
  chain: saysBlock,
  index: saysReady,
}

const health = z.object({ problems: z.array(z.string()).optional() }).catch({})

async function saysHealth(url: string, signal: AbortSignal) {
  const answer = await fetch(`${url}/health`, { signal })
  const { problems = [] } = health.parse(await answer.json().catch(() => ({})))
  const otherwise = answer.ok ? 'It knows of no problem.' : `It says ${answer.status}.`
  return { ok: answer.ok, detail: problems.join(' ') || otherwise }
}

/** An index answers before it has read the chain's past; what it says until then is not the whole. */
async function saysReady(url: string, signal: AbortSignal) {
  const { ok } = await fetch(`${url}/ready`, { signal })
  return { ok, detail: ok ? 'It has read the chain’s past, and follows it.' : 'It still reads the chain’s past.' }
}

const rpcAnswer = z.array(z.object({ id: z.int(), result: z.string() }))

async function saysBlock(url: string, signal: AbortSignal) {
  const methods = ['eth_blockNumber', 'web3_clientVersion']
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(methods.map((method, id) => ({ jsonrpc: '2.0', id, method, params: [] }))),
    signal,
  })
  const results = new Map(rpcAnswer.parse(await answer.json()).map(({ id, result }) => [id, result]))
  return { ok: true, detail: `Block ${Number(results.get(0))}, ${results.get(1)}.` }
}
