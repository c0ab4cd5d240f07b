import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ledgerAt } from '@stoa/indexer/testing'
import { bytesToHex, encodeModelCard, type Hex, type ModelCard, merkleRoot, sha256 } from '@stoa/protocol'
import { createIndexClient } from '@stoa/sdk/index-client'
import { diskBlobStore } from '@stoa/storage'
import { type RunningEconomy, startEconomy } from '../gateway/startEconomy.ts'
import { openBigMarket } from '../indexer/fillLedger.ts'
import { fillReceipts, modelName } from './fillReceipts.ts'

const SELLERS = 50

export type FullHome = RunningEconomy & { index: string; now: number }

/**
 * A person's home where much happened: `stoa up` with all its parts, and on its chain many models of fifty sellers, whose cards its node gives, and many settlements, all through the
 * contracts; its gateway's store has many receipts. Resolves when index and gateway know all of it.
 */
export async function openFullHome(much: { models: number; settlements: number; receipts: number }): Promise<FullHome> {
  const home = await mkdtemp(join(tmpdir(), 'stoa-bench-'))
  // The first start makes the ledger and the stores.
  await (await startEconomy({ home })).stop()
  fillReceipts(join(home, 'gateway'), much.receipts)
  const economy = await startEconomy({ home, hasIndex: true })
  const stop = async () => {
    await economy.stop()
    await rm(home, { recursive: true, force: true })
  }
  try {
    const { index, rpcUrl, deployment, node } = economy
    if (index === undefined) throw new Error('The index did not start; what it said is above.')
    const ledger = await ledgerAt({ rpcUrl, deployment })
    const cards = await storeCards(join(home, 'blobs'), 1 + much.models)
    const market = await openBigMarket(ledger, {
      ...{ sellers: SELLERS, endpoint: node, payers: [economy.accounts.payer] },
      cardOf: (n) => cards[n % cards.length] ?? '0x',
    })
    await market.models(much.models)
    await market.settle(much.settlements)
    const { number, timestamp } = await ledger.test.getBlock()
    await indexReaches(index, Number(number))
    await gatewayLists(economy.gateway, much.models)
    return { ...economy, index, stop, now: Number(timestamp) }
  } catch (error) {
    await stop()
    throw error
  }
}

const TASKS = ['embedding', 'generate', 'ocr', 'graph'] as const
const KINDS = { embedding: 'Embeddings', generate: 'Prose', ocr: 'Text in pictures', graph: 'Measurements' }

/** Puts a card for each model into the home's blobs; their digests. */
async function storeCards(folder: string, count: number): Promise<Hex[]> {
  const blobs = await diskBlobStore({ folder })
  const weights = new TextEncoder().encode('weights')
  const { cid, bytes } = await blobs.put(weights)
  const files = [{ path: 'model.onnx', cid, bytes, root: bytesToHex(merkleRoot(weights)) }]
  const digests: Hex[] = []
  for (let n = 0; n < count; n++) {
    const task = TASKS[n % TASKS.length] ?? 'graph'
    const card: ModelCard = {
      ...{
        stoa: 'model-card/1',
        name: modelName(n),
        task,
        title: `${KINDS[task]}, number ${n}`,
        licence: 'Apache-2.0',
      },
      description: `One of many: ${'what such a model does, for whom, and how it was made. '.repeat(1 + (n % 12))}`,
      ...{ source: `https://models.example/${n}`, languages: ['en'], files },
    }
    const encoded = encodeModelCard(card)
    await blobs.put(encoded)
    digests.push(bytesToHex(sha256(encoded)))
  }
  return digests
}

async function indexReaches(url: string, block: number): Promise<void> {
  const client = createIndexClient({ url, timeout: 60_000 })
  for (;;) {
    // A busy engine may drop a connection that was kept open: that is no answer yet.
    const status = await client.status().catch(() => undefined)
    if (status?.ready && status.block >= block) return
    await sleep(100)
  }
}

async function gatewayLists(gateway: string, count: number): Promise<void> {
  for (;;) {
    const response = await fetch(`${gateway}/models`)
    const { data } = (await response.json()) as { data?: unknown[] }
    if (data && data.length >= count) return
    await sleep(200)
  }
}
