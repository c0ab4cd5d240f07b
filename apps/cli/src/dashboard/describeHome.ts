import { DEVELOPMENT_KEYS, LOCAL_CHAIN_ID } from '@stoa/localnet'
import { privateKeyToAddress } from 'viem/accounts'
import { z } from 'zod'
import packageJson from '../../package.json' with { type: 'json' }
import { type Config, rpcUrlsOf } from '../home/config.ts'

/** A part of the home: where it is, and whether it answers. */
export type Part = {
  name: 'gateway' | 'node' | 'chain' | 'index'
  url: string
  ok: boolean
  /** What it said, a sentence; empty where there is no more to say than that it answers. */
  detail: string
  /** Milliseconds that it took to say so. */
  ms: number
}

/** Longest that a look at one part takes. */
const PROBE_TIMEOUT_MS = 2_000

/** What the dashboard has to know of the home that it shows (specs/dashboard-http.md). */
export async function describeHome(config: Config, index: string) {
  const { deployment, token, accounts, ports, rpcUrl } = config
  const local = (port: number) => `http://127.0.0.1:${port}`
  const parts = await Promise.all([
    probe('gateway', local(ports.gateway), saysHealth('/health')),
    probe('node', local(ports.node), saysHealth('/health')),
    probe('chain', rpcUrlsOf({ rpcUrl })[0], saysBlock),
    probe('index', index, saysReady),
  ])
  return {
    version: packageJson.version,
    deployment,
    token,
    accounts,
    parts,
    development: isLocal(config) ? development() : null,
  }
}

/** Everybody knows these keys: they are of use, and harmless, on a chain of this machine alone. */
function development() {
  const [minter, account] = DEVELOPMENT_KEYS.map((key) => ({ address: privateKeyToAddress(key), key }))
  return { minter, account }
}

function isLocal(config: Config): boolean {
  const isNear = (url: string) => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
  return config.deployment.chainId === LOCAL_CHAIN_ID && rpcUrlsOf(config).every(isNear)
}

async function probe(
  name: Part['name'],
  url: string,
  ask: (url: string) => Promise<Omit<Part, 'name' | 'url' | 'ms'>>,
) {
  const started = performance.now()
  const found = await ask(url).catch(() => ({ ok: false, detail: 'It does not answer.' }))
  return { name, url, ...found, ms: Math.round(performance.now() - started) } satisfies Part
}

const health = z.object({ problems: z.array(z.string()).optional() }).catch({})

const saysHealth = (path: string) => async (url: string) => {
  const answer = await fetch(url + path, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })
  const { problems = [] } = health.parse(await answer.json().catch(() => ({})))
  return { ok: answer.ok, detail: problems.join(' ') || (answer.ok ? '' : `It says ${answer.status}.`) }
}

/** An index answers before it has read the chain's past; what it says until then is not the whole. */
async function saysReady(url: string) {
  const { ok } = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })
  return { ok, detail: ok ? '' : 'It still reads the chain’s past.' }
}

const rpcAnswer = z.array(z.object({ id: z.int(), result: z.string() }))

async function saysBlock(url: string) {
  const methods = ['eth_blockNumber', 'web3_clientVersion']
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(methods.map((method, id) => ({ jsonrpc: '2.0', id, method, params: [] }))),
    signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
  })
  const results = new Map(rpcAnswer.parse(await answer.json()).map(({ id, result }) => [id, result]))
  return { ok: true, detail: `Block ${Number(results.get(0))}, ${results.get(1)}.` }
}
