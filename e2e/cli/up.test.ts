import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@stoa/localnet'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { kill, processesOf, startUp, stoa, stoaJson, type Up, untilNoProcessOf } from './stoa.ts'

const DAY_MS = 86_400_000
let home: string
let ports: { gateway: number; node: number; chain: number; index: number; web: number }
let up: Up

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'stoa-e2e-'))
  ports = {
    gateway: await freePort(),
    node: await freePort(),
    chain: await freePort(),
    index: await freePort(),
    web: await freePort(),
  }
  up = await startUp(home, ports)
})

afterAll(async () => {
  up.child.kill('SIGINT')
  await up.ended
  await rm(home, { recursive: true, force: true })
})

const sample = new URL('../../apps/cli/assets/', import.meta.url)

it('ends its boot with one real answer, split to the wei', async () => {
  const truth = await readFile(new URL('receipt.txt', sample), 'utf8')
  const { answer } = up.said as { answer: { text: string; paidWei: string; shares: { role: string; wei: string }[] } }
  expect(answer.text.trim()).toBe(truth.trim())
  const [payee, owner] = answer.shares.map(({ wei }) => BigInt(wei))
  expect((payee ?? 0n) + (owner ?? 0n)).toBe(BigInt(answer.paidWei))
  expect(owner).toBe((BigInt(answer.paidWei) * 300_000n) / 1_000_000n)
})

it('sells through every verb, and the books agree', async () => {
  const before = await stoaJson(home, 'status')
  const { usage } = await stoaJson(home, 'infer', '--text', 'The porch was painted.')
  expect(await stoaJson(home, 'settle')).toMatchObject({ refused: 0, paidWei: usage.cost_wei })
  await stoaJson(home, 'deposit', '2.5')
  const after = await stoaJson(home, 'status')
  expect(BigInt(after.ledger.deposit)).toBe(BigInt(before.ledger.deposit) + 2_500_000n - BigInt(usage.cost_wei))
  const [latest] = await stoaJson(home, 'receipts', '--limit', '1')
  expect(latest).toMatchObject({ model: 'stoa/embed-en', charge: usage.cost_wei })
  expect(await stoaJson(home, 'receipts', latest.digest)).toMatchObject({ digest: latest.digest })
  expect((await stoaJson(home, 'models')).map((m: { id: string }) => m.id)).toEqual([
    ...['stoa/ocr', 'stoa/ocr-any', 'stoa/embed-en', 'stoa/scribe', 'stoa/line'],
  ])
  expect(await stoa(home, 'doctor')).toMatchObject({ code: 0 })
})

it('publishes and serves a model that a person brings', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stoa-model-'))
  await cp(join(home, 'models', 'stoa-embed-en'), folder, { recursive: true })
  const card = {
    name: 'mine/embed',
    task: 'embedding',
    profile: 'exact/1',
    title: 'Mine',
    description: '',
    licence: 'Apache-2.0',
    source: 'here',
  }
  await writeFile(join(folder, 'card.json'), JSON.stringify({ ...card, files: ['model.onnx', 'vocab.json'] }))
  const { modelId } = await stoaJson(home, 'publish', folder, '--owner-share', '50')
  await stoaJson(home, 'provide', modelId, '--price', '0.5', '--unit', 'token')
  const { usage } = await stoaJson(home, 'infer', '--model', 'mine/embed', '--text', 'six or seven tokens of text')
  expect(usage.prompt_tokens).toBeGreaterThan(4)
  expect(usage.cost_wei).toBe(String(Math.ceil(usage.prompt_tokens / 2)))
  await rm(folder, { recursive: true })
})

it('sells what servers by URL answer: here its own gateway, chats and embeddings as OpenAI’s clients know it, and as a server of tensors', async () => {
  const gateway = `http://127.0.0.1:${ports.gateway}`
  const keyFile = join(home, 'upstream.key')
  await writeFile(keyFile, 'sk-a-secret-of-the-test\n')
  const openai = ['--upstream', `${gateway}/v1`, '--upstream-model', 'stoa/scribe', '--upstream-key-file', keyFile]
  const chat = await stoaJson(home, 'provide', ...openai, '--name', 'mine/chat', '--price', '3', '--unit', 'token')
  expect(chat).toMatchObject({ proofKind: 'attested', model: 'mine/chat' })
  const embeds = ['--upstream', `${gateway}/v1`, '--upstream-model', 'stoa/embed-en', '--task', 'embedding']
  await stoaJson(home, 'provide', ...embeds, '--name', 'mine/vectors', '--price', '3', '--unit', 'token')
  const oip = ['--upstream', gateway, '--upstream-model', 'stoa/line', '--name', 'mine/line']
  expect(await stoaJson(home, 'provide', ...oip, '--price', '300', '--unit', 'call')).toMatchObject({
    model: 'mine/line',
  })
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${gateway}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const answer = await response.json()
    expect(answer).not.toHaveProperty('error')
    return answer
  }
  const messages = [{ role: 'user', content: 'Who are you?' }]
  const asked = { messages, seed: 7, max_tokens: 12 }
  const resold = await post('/v1/chat/completions', { model: 'mine/chat', ...asked })
  const first = await post('/v1/chat/completions', { model: 'stoa/scribe', ...asked })
  expect(resold.choices[0].message.content).toBe(first.choices[0].message.content)
  expect(resold.usage.completion_tokens).toBe(first.usage.completion_tokens)
  expect(resold.usage.cost_wei).toBe(String(3 * resold.usage.total_tokens))
  const texts = { input: ['The porch was painted.', 'Zeno'] }
  const vectors = await post('/v1/embeddings', { model: 'mine/vectors', ...texts })
  const own = await post('/v1/embeddings', { model: 'stoa/embed-en', ...texts })
  expect(vectors.data).toEqual(own.data)
  expect(vectors.usage.cost_wei).toBe(String(3 * own.usage.prompt_tokens))
  const line = JSON.parse(await readFile(new URL('line.json', sample), 'utf8'))
  const answered = await post('/v2/models/mine%2Fline/infer', line)
  expect(answered.outputs).toEqual((await post('/v2/models/stoa%2Fline/infer', line)).outputs)
  expect(answered.stoa.proof_kind).toBe('attested')
  expect(await readFile(join(home, 'stoa.json'), 'utf8')).not.toContain('sk-a-secret')
  expect(await stoa(home, 'doctor')).toMatchObject({ code: 0, stdout: expect.stringContaining('has stoa/scribe') })
})

it('publishes nothing for a server that does not have the model, and says what it has', async () => {
  const upstream = ['--upstream', `http://127.0.0.1:${ports.gateway}/v1`, '--upstream-model', 'gpt-9']
  const { code, stderr } = await stoa(home, 'provide', ...upstream, '--price', '3', '--unit', 'token')
  expect(code).not.toBe(0)
  expect(stderr).toContain('no model "gpt-9"')
  expect(stderr).toContain('stoa/scribe')
})

it('generates text, the same for the same seed, and charges by the token', async () => {
  const ask = (seed: string) =>
    stoaJson(home, 'infer', '--prompt', 'Who are you?', '--max-tokens', '12', '--seed', seed)
  const [first, again] = [await ask('7'), await ask('7')]
  expect(first.choices[0].message.content).toMatch(/\w/)
  expect(again.choices).toEqual(first.choices)
  const { usage, stoa: sale } = first
  expect(usage.cost_wei).toBe(String(usage.total_tokens))
  expect(sale).toMatchObject({
    proof_kind: 'exact',
    profile: 'exact/1',
    receipt: { units: String(usage.total_tokens) },
  })
})

it('goes on from tokens, and says by how many a prompt is too long', async () => {
  const complete = async (prompt: string | number[]) => {
    const body = JSON.stringify({ model: 'stoa/scribe', prompt, max_tokens: 6, temperature: 0 })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`http://127.0.0.1:${ports.gateway}/v1/completions`, { method: 'POST', body, headers })
    return answer.json()
  }
  const { usage, choices } = await complete([0, 300, 301])
  expect(usage).toMatchObject({ prompt_tokens: 3, cost_wei: String(usage.total_tokens) })
  expect(choices[0].text).not.toBe('')
  const long = await complete(Array(255).fill(300))
  expect(long.error).toMatchObject({ code: 'context_length_exceeded', message: expect.stringContaining('5 too many') })
})

it('watches sellers for who lies, and finds nobody', async () => {
  const folder = join(home, 'asked')
  await mkdir(folder)
  await copyFile(new URL('receipt.png', sample), join(folder, 'bill.png'))
  await writeFile(join(folder, 'texts.txt'), 'The ship left the harbour, and\n')
  for (const requests of [[], ['--requests', folder]]) {
    const seen = await stoaJson(home, 'watch', '--calls', '2', '--budget', '0.01', ...requests)
    expect(seen).toMatchObject({ wonWei: '0', reruns: { different: 0, failed: 0 }, disputes: { open: 0 } })
    expect(seen.reruns.same).toBeGreaterThanOrEqual(2)
    expect(BigInt(seen.spentWei)).toBeGreaterThan(0n)
  }
})

it('gives callers keys with budgets, and takes them back', async () => {
  // What is spent is counted by the day (UTC), of which this takes some seconds: the next one is waited for where this one is nearly over.
  const left = DAY_MS - (Date.now() % DAY_MS)
  if (left < 3 * 60_000) await sleep(left)
  const { key, id } = await stoaJson(
    home,
    'key',
    'add',
    'an app',
    '--per-day',
    '0.000001',
    '--rules',
    '{"sort":"price"}',
  )
  const embed = async () => {
    const response = await fetch(`${up.said.gateway}/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: 'stoa/embed-en', input: 'Zeno' }),
    })
    return { status: response.status, ...((await response.json()) as { error?: { code: string } }) }
  }
  expect((await embed()).status).toBe(200)
  expect(await embed()).toMatchObject({ status: 402, error: { code: 'budget_exceeded' } })
  const [listed] = await stoaJson(home, 'key', 'list')
  expect(listed).toMatchObject({ id, name: 'an app', per_day: '1', spent_today: '1', provider: { sort: 'price' } })
  expect((await stoa(home, 'key', 'list')).stdout).toContain('0.000001 tUSD of 0.000001 tUSD today')
  expect((await stoa(home, 'key', 'revoke', id)).stdout).toContain('revoked')
  expect((await embed()).status).toBe(401)
  expect(await stoa(home, 'key', 'revoke', 'key_none')).toMatchObject({ code: 1 })
  expect(await stoa(home, 'key', 'add', 'x', '--rules', '{"quantizations":[]}')).toMatchObject({ code: 2 })
})

it('announces withdrawals and pays none early', async () => {
  await stoaJson(home, 'withdraw', '1')
  const early = await stoa(home, '--json', 'withdraw')
  expect(early.code).toBe(3)
  expect(JSON.parse(early.stdout)).toMatchObject({ error: { code: 'WITHDRAWAL_TOO_EARLY', retry: true } })
  expect((await stoa(home, 'withdraw', '2')).stdout).toContain('It takes the place of 1 tUSD')
  expect(await stoaJson(home, 'withdraw', '--cancel')).toMatchObject({ cancelled: '2000000' })
  const none = await stoa(home, '--json', 'withdraw')
  expect(JSON.parse(none.stdout)).toMatchObject({ error: { code: 'NO_WITHDRAWAL' } })
})

it.each([
  [['infer', '--text', 'x', '--model', 'no/such'], 1, 'No provider offers the model "no/such"'],
  [['infer', '--image', '/no/such.png'], 1, "/no/such.png can't be read"],
  [['deposit', '1e9'], 1, '"1e9" is not an amount of tUSD'],
  [['withdraw', '0'], 1, 'main.ts withdraw --cancel'],
  [['provide', '1', '--price', '1', '--unit', 'cow'], 1, '"cow" is not a unit'],
  [['publish', '/no/such'], 1, "card.json can't be read"],
  [['infer'], 2, 'give --image <file>, --text <text> or --prompt <text>'],
  [['up'], 1, 'already running'],
])('says what to do about: stoa %s', async (args, code, words) => {
  const outcome = await stoa(home, ...args)
  expect(outcome.stderr).toContain(words)
  expect(outcome.stderr).not.toContain('    at ')
  expect(outcome.code).toBe(code)
})

it('says so when nothing runs, and when a port is taken', async () => {
  const other = await mkdtemp(join(tmpdir(), 'stoa-none-'))
  expect(await stoa(other, 'status')).toMatchObject({ code: 3, stderr: expect.stringMatching(/main\.ts up"/) })
  const taken = await stoa(other, 'up', '--chain-port', String(ports.chain))
  expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining(String(ports.chain)) })
  await rm(other, { recursive: true })
})

it('leaves no process behind: asked to stop, or killed', async () => {
  const before = await stoaJson(home, 'status')
  up.child.kill('SIGINT')
  expect(await up.ended).toBe(0)
  expect(await processesOf(home)).toEqual([])

  up = await startUp(home, ports)
  const after = await stoaJson(home, 'status')
  expect(after.accounts).toEqual(before.accounts)
  expect(BigInt(after.ledger.deposit)).toBeLessThan(BigInt(before.ledger.deposit))
  expect((await stoaJson(home, 'receipts')).length).toBeGreaterThan(2)

  up.child.kill('SIGKILL')
  await untilNoProcessOf(home)
  up = await startUp(home, ports)
  expect((await stoaJson(home, 'status')).accounts).toEqual(before.accounts)
})

it('ends when its chain does, and goes on from there at the next start', async () => {
  const before = await stoaJson(home, 'status')
  await kill(`anvil.*--port ${ports.chain} `)
  expect(await up.ended).toBe(3)
  await untilNoProcessOf(home)
  up = await startUp(home, ports)
  expect((await stoaJson(home, 'status')).accounts).toEqual(before.accounts)
})
