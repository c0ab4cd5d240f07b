import { readFile } from 'node:fs/promises'
import { createGateway, type StoaGateway } from '@stoa/gateway'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Ground, openGround } from '../ground/openGround.ts'

const SCRIBE = new URL('../../apps/cli/assets/scribe/', import.meta.url)
const FILES = ['model.onnx', 'formulas.bin', 'generation.bin', 'tokenizer.json']
const MODEL = 'test/scribe'
const ASKED = { model: MODEL, prompt: 'Q: Who are you?\nA:', max_tokens: 60, seed: 3 }

let ground: Ground
let gateway: StoaGateway
let client: OpenAI
beforeAll(async () => {
  ground = await openGround()
  const read = async (name: string) => [name, await readFile(new URL(name, SCRIBE))] as const
  const contents = Object.fromEntries(await Promise.all(FILES.map(read)))
  const modelId = await ground.publish({ name: MODEL, task: 'generate', profile: 'exact/1' }, contents)
  await ground.provide([{ modelId, unit: 'token', price: 1_000_000n }])
  const { rpcUrl, deployment } = ground
  gateway = await createGateway({
    ...{ rpcUrl, deployment, folder: ground.folder(), ...(await ground.payer(1_000_000n)) },
    ...{ timeouts: { refresh: 3_600_000 }, rerun: { share: 1 } },
  })
  const { url } = await gateway.listen({ port: 0 })
  client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 })
})
afterAll(async () => {
  await gateway?.close()
  await ground?.close()
})

it('an exact model’s text comes in pieces that together are the text, under a receipt like any other', async () => {
  const whole = await client.completions.create(ASKED)
  const pieces: string[] = []
  let last: OpenAI.Completion | undefined
  for await (const chunk of await client.completions.create({ ...ASKED, stream: true })) {
    pieces.push(chunk.choices[0]?.text ?? '')
    last = chunk
  }
  expect(pieces.join('')).toBe(whole.choices[0]?.text)
  expect(pieces.length).toBeGreaterThan(3)
  expect(last?.usage).toMatchObject({ ...whole.usage })
  expect(last).toMatchObject({ stoa: { receipt: { response_digest: expect.stringMatching(/^0x/) } } })
  const chunks: string[] = []
  const messages = [{ role: 'user' as const, content: 'Who are you?' }]
  const said = { model: MODEL, messages, max_tokens: 40, seed: 3 }
  for await (const { choices } of await client.chat.completions.create({ ...said, stream: true }))
    chunks.push(choices[0]?.delta.content ?? '')
  const answer = await client.chat.completions.create(said)
  expect(chunks.join('')).toBe(answer.choices[0]?.message.content)
})

it('who hangs up in the middle pays for the whole text, which is made to its end: a cut one would be wrong before a judge', async () => {
  const count = () => gateway.receipts({ limit: 100 }).receipts.length
  const before = count()
  const stream = await client.completions.create({ ...ASKED, seed: 9, stream: true })
  for await (const chunk of stream) if (chunk.choices[0]?.text) break
  const refreshed = async () => {
    await gateway.refresh()
    return count()
  }
  await expect.poll(refreshed).toBe(before + 1)
  const [kept] = gateway.receipts({ limit: 1 }).receipts
  const whole = await client.completions.create({ ...ASKED, seed: 9 })
  expect(String(kept?.receipt.units)).toBe(String(whole.usage?.total_tokens))
  expect(gateway.status()).toMatchObject({ evidence: 0, lanes: { doubt: 0, retired: 0 } })
})

it('tools and schemas are refused by name, unpaid', async () => {
  const before = gateway.status().available
  const messages = [{ role: 'user' as const, content: 'Who are you?' }]
  const tools = [{ type: 'function' as const, function: { name: 'look_up' } }]
  const asked = client.chat.completions.create({ model: MODEL, messages, tools })
  await expect(asked).rejects.toMatchObject({ status: 400, code: 'unsupported', param: 'tools' })
  const schema = client.chat.completions.create({ model: MODEL, messages, response_format: { type: 'json_object' } })
  await expect(schema).rejects.toMatchObject({ status: 400, code: 'unsupported', param: 'response_format' })
  expect(gateway.status().available).toBe(before)
})
