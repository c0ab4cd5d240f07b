import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WrongFormulasError } from '@stoa/engine/inference'
import {
  bytesToHex,
  decodeTensors,
  type ProofKind,
  type Receipt,
  type Tensor,
  tensorOf,
  tensorsDigest,
  textTensor,
} from '@stoa/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { GatewayEvent } from '../logger.ts'
import type { ListedModel } from '../market/market.ts'
import { openStore, type Store } from '../store/openStore.ts'
import type { BoughtAnswer } from './boughtAnswer.ts'
import { createRerunner } from './createRerunner.ts'
import type { FetchedWeights } from './fetchWeights.ts'
import { DEFAULT_RERUN, type RerunPolicy } from './policy.ts'
import { rerunTable } from './rerunTable.ts'

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-rerun-'))
  store = openStore({ folder, durability: 'normal', owner: 'test' })
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

/** What the model truly computes: the request's bytes, each one more. */
const compute = (request: readonly Tensor[]): Tensor[] =>
  request.map((tensor) => ({ ...tensor, name: 'answer', data: tensor.data.map((byte) => byte + 1) }))

const provider = `0x${'12'.repeat(20)}` as const
let count = 0

function bought(
  changes: { response?: Tensor[]; charge?: bigint; bytes?: number; proofKind?: ProofKind } = {},
): BoughtAnswer {
  const request = [textTensor('text', 'hello')]
  const { response = compute(request), charge = 1n, bytes = 512, proofKind = 'attested' } = changes
  const digest = bytesToHex(new Uint8Array(32).fill(++count))
  const receipt = { charge, requestDigest: digest, responseDigest: tensorsDigest(response) } as Receipt
  const card = { profile: 'exact/1', files: [{ bytes }] }
  const model = { name: 'm', modelId: 1n, version: 1, card, listings: [] } as unknown as ListedModel
  return { model, request, response, record: { digest, provider, receipt, proofKind } as BoughtAnswer['record'] }
}

const given = async (): Promise<FetchedWeights> => ({ files: {}, withheld: new Map(), reason: '' })

function shop(
  policy: Partial<RerunPolicy> = {},
  run = async (request: readonly Tensor[]) => compute(request),
  { fetchWeights = given, wait = async (): Promise<unknown> => undefined } = {},
) {
  const events: GatewayEvent[] = []
  const distrusted: string[] = []
  let draws = 0
  const doubted: string[] = []
  const disputed: string[] = []
  const health = {
    distrust: (_: string, reason: string) => void distrusted.push(reason),
    doubt: (provider: string) => void doubted.push(provider),
  }
  const table = rerunTable(store, () => 1)
  const rerunner = createRerunner({
    policy: { ...DEFAULT_RERUN, share: 1, ...policy },
    models: { isOpen: () => true, run: (_model, _files, request) => run(request), close: () => {} },
    ...{ fetchWeights, wait, table, logger: (event) => events.push(event), health },
    onDifferent: ({ record }) => void disputed.push(record.digest),
    together: (work) => store.transaction(work),
    random: () => (draws++ % 10) / 10,
  })
  return { rerunner, table, events, distrusted, doubted, disputed }
}

test('an answer that comes out the same says nothing against its seller', async () => {
  const { rerunner, table, distrusted } = shop()
  const answer = bought()
  rerunner.consider(answer)
  await rerunner.idle()
  expect(table.outcomeOf(answer.record.digest)).toBe('same')
  expect(distrusted).toEqual([])
})

test('one bit of difference is found, kept with the whole call, and told', async () => {
  const { rerunner, table, events, distrusted } = shop()
  const answer = bought()
  const [lie] = compute(answer.request)
  if (lie) lie.data[3] = (lie.data[3] ?? 0) ^ 1
  const told = bought({ response: lie ? [lie] : [] })
  rerunner.consider(told)
  await rerunner.idle()
  expect(table.outcomeOf(told.record.digest)).toBe('different')
  expect(table.different()).toEqual([told.record.digest])
  expect(distrusted).toEqual(['an exact answer was computed again: "answer" is not what m computes'])
  expect(events).toMatchObject([{ type: 'rerun', outcome: 'different', provider }])
  const kept = store.db.prepare('SELECT request, answer, own FROM reruns').get()
  expect(decodeTensors(kept?.own as Uint8Array)).toEqual(compute(told.request))
  expect(decodeTensors(kept?.request as Uint8Array)).toEqual(told.request)
})

test('a lie is found out although its seller gives nobody the weights, once another does', async () => {
  let rounds = 0
  const withheld = new Map([[provider, 'the server answered 503']])
  const fetchWeights = async (): Promise<FetchedWeights> =>
    rounds++ < 3 ? { files: undefined, withheld, reason: 'nobody gave them' } : given()
  const { rerunner, table, doubted, distrusted, events } = shop({}, undefined, { fetchWeights })
  const lies = [bought({ response: [] }), bought({ response: [] })]
  for (const lie of lies) rerunner.consider(lie)
  while (table.counts().different < 2) await rerunner.idle()
  expect(doubted).toEqual([provider, provider, provider])
  expect(distrusted).toHaveLength(2)
  expect(events.map(({ type }) => type)).toEqual([...Array(3).fill('weights-withheld'), 'rerun', 'rerun'])
})

test('answers whose weights nobody gives are told of in the end', async () => {
  const fetchWeights = async (): Promise<FetchedWeights> => ({
    ...{ files: undefined, withheld: new Map([[provider, 'silence']]), reason: 'nobody gave them' },
  })
  const { rerunner, table, doubted } = shop({}, undefined, { fetchWeights })
  rerunner.consider(bought())
  while (table.counts().failed < 1) await rerunner.idle()
  expect(doubted).toHaveLength(16)
})

test('a machine that cannot compute it blames nobody', async () => {
  const { rerunner, table, distrusted } = shop({}, () => Promise.reject(new Error('no memory')))
  rerunner.consider(bought())
  await rerunner.idle()
  expect(table.counts()).toEqual({ same: 0, different: 0, close: 0, far: 0, failed: 1 })
  expect(distrusted).toEqual([])
})

test('a seller of judged answers by formulas that are not the model’s is left; one that promises no judge is not', async () => {
  const { rerunner, distrusted } = shop({}, () => Promise.reject(new WrongFormulasError('graph')))
  rerunner.consider(bought())
  await rerunner.idle()
  expect(distrusted).toEqual([])
  rerunner.consider(bought({ proofKind: 'exact' }))
  await rerunner.idle()
  expect(distrusted).toEqual(['m commits to formulas that are not its own'])
})

test('a share is computed again, dear answers always, and only exact ones of a size that can be fetched', async () => {
  const { rerunner, table } = shop({ share: 0.2, alwaysFrom: 1000n, maxWeightsBytes: 1000 })
  for (let i = 0; i < 10; i++) rerunner.consider(bought())
  await rerunner.idle()
  expect(table.counts().same).toBe(2)
  for (let i = 0; i < 5; i++) rerunner.consider(bought({ charge: 1000n }))
  rerunner.consider(bought({ charge: 1000n, bytes: 1001 }))
  rerunner.consider({ ...bought({ charge: 1000n }), model: { card: { files: [] } } as unknown as ListedModel })
  await rerunner.idle()
  expect(table.counts().same).toBe(7)
})

test('attested answers are audited where the owner wants it, and a seller whose answers are far is doubted', async () => {
  const page = (text: string) => [
    textTensor('text', text),
    tensorOf('lines', 'u32', [2], Uint32Array.of(0, text.length)),
  ]
  const attested = (text: string) => {
    const answer = bought({ response: page(text) })
    const card = { task: 'ocr', files: [] }
    return { ...answer, model: { ...answer.model, card, weightsDigest: '0x' } as unknown as ListedModel }
  }
  const run = async () => page('Tea 1.80')
  const off = shop({}, run)
  off.rerunner.consider(attested('Tea 1.80'))
  await off.rerunner.idle()
  expect(off.table.counts().close).toBe(0)
  const { rerunner, table, doubted, distrusted } = shop({ auditAttested: true }, run)
  for (const text of ['Tea 1.8O', ...Array<string>(5).fill('Wine 9.00')]) rerunner.consider(attested(text))
  await rerunner.idle()
  expect(table.counts()).toMatchObject({ close: 1, far: 5 })
  expect(doubted).toEqual([provider])
  expect(distrusted).toEqual([])
})

test('a request that is audited again counts once: it may be one on which honest machines differ', async () => {
  const page = (text: string) => [
    textTensor('text', text),
    tensorOf('lines', 'u32', [2], Uint32Array.of(0, text.length)),
  ]
  const { rerunner, table, doubted } = shop({ auditAttested: true }, async () => page('Tea 1.80'))
  const answer = bought({ response: page('Wine 9.00') })
  const model = { ...answer.model, card: { task: 'ocr', files: [] }, weightsDigest: '0x' } as unknown as ListedModel
  for (let i = 0; i < 12; i++) {
    const digest = bytesToHex(new Uint8Array(32).fill(100 + i))
    rerunner.consider({ ...answer, model, record: { ...answer.record, digest } })
  }
  await rerunner.idle()
  expect(table.counts().far).toBe(12)
  expect(doubted).toEqual([])
})

test('what cannot be kept is told, and the next answer is computed again all the same', async () => {
  const { rerunner, table, events } = shop()
  const insert = table.insert
  table.insert = () => {
    throw new Error('disk full')
  }
  rerunner.consider(bought())
  await rerunner.idle()
  expect(events).toMatchObject([{ type: 'internal-error', error: { message: 'disk full' } }])
  table.insert = insert
  rerunner.consider(bought())
  await rerunner.idle()
  expect(table.counts().same).toBe(1)
})

test('after closing nothing is taken up', async () => {
  const { rerunner, table } = shop()
  rerunner.close()
  rerunner.consider(bought())
  await rerunner.idle()
  expect(table.counts()).toEqual({ same: 0, different: 0, close: 0, far: 0, failed: 0 })
})

test('closing waits for nothing, and nothing is written after it', async () => {
  const { promise, resolve } = Promise.withResolvers<Tensor[]>()
  const answer = bought()
  const { rerunner, table } = shop({}, () => promise)
  rerunner.consider(answer)
  await Promise.resolve()
  rerunner.close()
  resolve(compute(answer.request))
  await rerunner.idle()
  expect(table.outcomeOf(answer.record.digest)).toBe(undefined)
})

test('answers that wait for their turn are bounded in bytes', async () => {
  const { promise, resolve } = Promise.withResolvers<Tensor[]>()
  const small = bought()
  const { rerunner, table } = shop({}, async (request) =>
    request === small.request ? compute(request) : promise.then(() => Promise.reject(new Error('too large'))),
  )
  rerunner.consider(small)
  await rerunner.idle()
  const request = [tensorOf('image', 'u8', [30 << 20], new Uint8Array(30 << 20))]
  for (let i = 0; i < 12; i++) rerunner.consider({ ...bought(), request, response: request })
  resolve([])
  await rerunner.idle()
  // One under way, and 256 MiB hold four of 60 MiB.
  expect(table.counts()).toMatchObject({ same: 1, failed: 5 })
})
