import { execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { request } from 'undici'
import { type Call, type Timing, throughput, timeInTurns } from './measure.ts'
import { end, startPortkey } from './portkeyPeer.ts'
import type { RunningEconomy } from './startEconomy.ts'

const MAIN = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url))
const BACK_END = fileURLToPath(new URL('../../packages/node/src/testing/chatServer.ts', import.meta.url))
const UPSTREAM_MODEL = 'echo'
const MODEL = 'bench/echo'
const BLOCKS = 6
const AT_ONCE = 8
const CALLS = 800

export type ThroughPeer = {
  ours: Timing & { manyPerSecond: number }
  peer: Timing & { manyPerSecond: number }
  /** The back end, called directly. */
  direct: Timing
}

/** One back end, a chat server in a process of its own, behind our node and gateway, and behind a gateway that pays nobody: a short chat through either, in turns. */
export async function measureThroughPeer({ home, gateway }: RunningEconomy): Promise<ThroughPeer> {
  const backEnd = spawn(process.execPath, [BACK_END], { stdio: ['ignore', 'pipe', 'inherit'] })
  const peer = await startPortkey()
  try {
    const upstream = await firstLine(backEnd.stdout)
    const offer = ['--price', '1', '--unit', 'call', '--exposure', '5', '--name', MODEL]
    const from = ['--upstream', upstream, '--upstream-model', UPSTREAM_MODEL]
    await promisify(execFile)(process.execPath, [MAIN, '--home', home, 'provide', ...from, ...offer])
    const direct = chat(`${upstream}/chat/completions`, UPSTREAM_MODEL)
    const ours = chat(`${gateway}/chat/completions`, MODEL)
    await listed(`${gateway}/models`)
    const host = { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': upstream, authorization: 'Bearer none' }
    const theirs = chat(`${peer.url}/v1/chat/completions`, UPSTREAM_MODEL, host)
    const times = await timeInTurns({ direct, ours, theirs }, BLOCKS)
    const many = { ours: await throughput(ours, AT_ONCE, CALLS), theirs: await throughput(theirs, AT_ONCE, CALLS) }
    const of = (name: string): Timing => {
      const found = times[name]
      if (!found) throw new Error(`${name} was not measured`)
      return found
    }
    return {
      direct: of('direct'),
      ours: { ...of('ours'), manyPerSecond: many.ours },
      peer: { ...of('theirs'), manyPerSecond: many.theirs },
    }
  } finally {
    await peer.stop()
    await end(backEnd)
  }
}

function chat(url: string, model: string, headers: Record<string, string> = {}): Call {
  return async (n) => {
    const { statusCode, body } = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model, max_tokens: 64, messages: [{ role: 'user', content: `Say it again: ${n}` }] }),
    })
    const answer = await body.text()
    if (statusCode !== 200) throw new Error(`${url}: ${answer}`)
  }
}

/** Waits until the gateway knows the model: what was offered a moment ago is in the index a moment later. */
async function listed(url: string): Promise<void> {
  for (let looks = 0; looks < 300; looks++) {
    const { body } = await request(url)
    if ((await body.text()).includes(`"${MODEL}"`)) return
    await sleep(200)
  }
  throw new Error(`The gateway does not list ${MODEL}.`)
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line
  throw new Error('The back end ended before it listened.')
}
