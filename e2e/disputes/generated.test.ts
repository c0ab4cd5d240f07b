import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway } from '@stoa/gateway'
import { bytesToHex, type Hex, judgedProfile } from '@stoa/protocol'
import { getProvider, listGames, listVerdicts, readGame } from '@stoa/sdk'
import { privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Ground, openGround } from '../ground/openGround.ts'

const SCRIBE = new URL('../../apps/cli/assets/scribe/', import.meta.url)
const FILES = ['model.onnx', 'formulas.bin', 'generation.bin', 'tokenizer.json']
const SLASH_CAP = 10_000_000n

let ground: Ground
let contents: Record<string, Uint8Array>
beforeAll(async () => {
  ground = await openGround()
  contents = Object.fromEntries(
    await Promise.all(FILES.map(async (name) => [name, await readFile(new URL(name, SCRIBE))] as const)),
  )
})
afterAll(() => ground?.close())

/** A node that sells the shipped language model, on a machine with this fault or none, and a gateway that computes every answer again and disputes what is wrong. */
async function open(name: string, fault?: 'token' | 'short') {
  const { rpcUrl, deployment } = ground
  const modelId = await ground.publish({ name, task: 'generate', profile: 'exact/1' }, contents)
  if (!deployment.arbiter) throw new Error('the deployment has no judge')
  const exact = { proofKind: 'exact', arbiter: deployment.arbiter, profile: judgedProfile('generate') } as const
  const offer = { modelId, unit: 'token', price: 1_000_000n, slashCap: SLASH_CAP, ...exact } as const
  const start = { limits: { disputePollSeconds: 0.2, refreshSeconds: 1 } }
  const node = await ground.provide(
    [offer],
    fault ? { ...start, preload: new URL(`./faultyMachine.ts?${fault}`, import.meta.url) } : start,
  )
  const key = bytesToHex(randomBytes(32))
  await ground.fund(privateKeyToAddress(key), SLASH_CAP)
  const gateway = await createGateway({
    ...{ rpcUrl, deployment, folder: ground.folder(), ...(await ground.payer(1_000_000n)) },
    ...{ rerun: { share: 1 }, disputes: { key, interval: 100 } },
  })
  return {
    ...{ node, gateway },
    /** Buys a text of three tokens. */
    complete: () =>
      gateway.app.request('/v1/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: name, prompt: 'Q: Who', max_tokens: 3, temperature: 0 }),
      }),
    async ended() {
      for (let n = 0; n < 3_000; n++) {
        const [dispute] = gateway.disputes()
        if (dispute && !['waiting', 'playing'].includes(dispute.state)) return dispute
        await sleep(50)
      }
      throw new Error(`the dispute did not end: ${JSON.stringify(gateway.disputes())}`)
    },
    async close() {
      await gateway.close()
      await node.kill()
    },
  }
}

const stakeOf = async (provider: Hex) =>
  (await getProvider(ground.reader, { deployment: ground.deployment, provider }))?.stake

it('a wrong token of a generated text is played down to, by the node of a faulty machine and the buyer’s gateway, and convicted', async () => {
  const { reader, deployment } = ground
  const { node, complete, ended, close } = await open('test/faulty', 'token')
  const answer = await complete()
  expect(answer.status).toBe(200)
  const over = await ended()
  expect(over).toMatchObject({ state: 'convicted', ground: 'element' })
  const [listed] = await listGames(reader, { deployment, provider: node.provider })
  const played = await readGame(reader, { deployment, game: listed?.game ?? 0n })
  expect(played).toMatchObject({ stage: { place: 0n }, verdict: { convicted: true } })
  // Challenge, commitment, descents, what was opened, the proof: both sides moved.
  expect(played?.transactions.length).toBeGreaterThanOrEqual(5)
  expect(await stakeOf(node.provider)).toBe(0n)
  await close()
})

it('an answer that its request does not allow is convicted at once, without a game', async () => {
  const { reader, deployment } = ground
  const { node, gateway, complete, ended, close } = await open('test/short', 'short')
  expect((await complete()).status).toBeGreaterThanOrEqual(500)
  const over = await ended()
  expect(over).toMatchObject({ state: 'convicted', ground: 'malformed', game: null })
  expect(await listGames(reader, { deployment, provider: node.provider })).toEqual([])
  const [record] = gateway.receipts().receipts
  const verdicts = await listVerdicts(reader, { deployment, receiptDigest: record?.digest ?? '0x', fromBlock: 0n })
  expect(verdicts).toHaveLength(1)
  expect(await stakeOf(node.provider)).toBe(0n)
  await close()
})

it('a sound machine’s text is computed again, found right, and disputed by nobody', async () => {
  const { reader, deployment } = ground
  const { node, gateway, complete, close } = await open('test/sound')
  expect((await complete()).status).toBe(200)
  for (let n = 0; n < 2_000 && gateway.status().reruns.same === 0; n++) await sleep(50)
  expect(gateway.status().reruns).toMatchObject({ same: 1, different: 0 })
  expect(await listGames(reader, { deployment, provider: node.provider })).toEqual([])
  await close()
})
