import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEVELOPMENT_KEYS, deployStoa, fundAccount, startChain } from '@stoa/localnet'
import {
  bundleDigest,
  bytesToHex,
  encodeModelCard,
  type Hex,
  type ModelCard,
  merkleRoot,
  type Offer,
  sha256,
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
import { cidOfDigest } from '@stoa/storage'
import { privateKeyToAccount } from 'viem/accounts'
import { getBlockNumber } from 'viem/actions'
import { lettersVocabulary } from './letters.ts'

const ETHER = 10n ** 18n
const NOBODY: Hex = `0x${'0'.repeat(40)}`
const NOTHING: Hex = `0x${'0'.repeat(64)}`

export type LocalMarket = Awaited<ReturnType<typeof startMarket>>

/** A chain with the contracts and test dollars: what buyers and sellers of a test meet on. */
export async function startMarket() {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-gateway-'))
  const chain = await startChain()
  const { rpcUrl, chainId } = chain
  const clientOf = (key: Hex) =>
    createChainClient({ rpcUrl, chainId, account: privateKeyToAccount(key), pollingInterval: 20 })
  const minter = clientOf(DEVELOPMENT_KEYS[0])
  const deployment = await deployStoa(minter)
  const secp256k1 = await loadSecp256k1()

  const account = async (usd: bigint): Promise<WriteClient> => {
    const client = clientOf(bytesToHex(randomBytes(32)))
    await fundAccount(minter, { deployment, to: client.account.address, wei: ETHER, usd })
    return client
  }
  return {
    rpcUrl,
    deployment,
    secp256k1,
    /** A new folder, gone when the market closes. */
    folder: () => mkdtempSync(join(folder, 'gateway-')),
    account,
    /** Reads the chain. */
    reader: minter,
    /** Number of the last block. */
    block: async () => Number(await getBlockNumber(minter, { cacheTime: 0 })),
    /** Gives an account coin for gas, and test dollars. */
    fund: (to: Hex, usd: bigint) => fundAccount(minter, { deployment, to, wei: ETHER, usd }),
    /** A payer with `usd` wei deposited, and its session key. */
    async payer(usd: bigint) {
      const client = await account(usd)
      const sessionKey = randomBytes(32)
      await deposit(client, { deployment, key: secp256k1.addressOf(sessionKey), amount: usd })
      return { client, payer: client.account.address, sessionKey }
    },
    /** A staked provider with a key for receipts, which settles for itself. */
    async seller(endpoint: string) {
      const client = await account(10n ** 9n)
      const signerKey = randomBytes(32)
      const signer = secp256k1.addressOf(signerKey)
      const endpointKey = bytesToHex(randomBytes(32))
      await registerProvider(client, { deployment, endpoint, endpointKey, signer })
      await setSettler(client, { deployment, settler: client.account.address })
      await stake(client, { deployment, provider: client.account.address, amount: 10n ** 7n })
      const moveTo = (url: string) => setEndpoint(client, { deployment, endpoint: url, endpointKey })
      return { client, signerKey, address: client.account.address, moveTo }
    },
    /** Publishes a card; nobody here loads the weights. What a seller has to hold of it: the card, and the pieces of a model that embeds texts. */
    async publish(owner: WriteClient, card: Pick<ModelCard, 'name' | 'task'>) {
      const pieces = card.task === 'embedding' ? lettersVocabulary() : undefined
      const words = { title: 'A model', description: 'For tests.', licence: 'Apache-2.0', source: 'here' }
      const model = { path: 'model.onnx', bytes: 512, root: bytesToHex(randomBytes(32)), cid: `b${'a'.repeat(58)}` }
      const files = pieces ? [model, fileOf('vocab.json', pieces)] : [model]
      const bytes = encodeModelCard({ stoa: 'model-card/1', ...card, ...words, files })
      const weights = bundleDigest(files)
      const terms = { deployment, card: bytesToHex(sha256(bytes)), weights, ownerSharePpm: 100_000 }
      const { modelId } = await publishModel(owner, terms)
      return { modelId, weights, held: pieces ? [bytes, pieces] : [bytes] }
    },
    async offer(seller: WriteClient, changes: Pick<Offer, 'modelId'> & Partial<Offer>) {
      const offer: Offer = {
        provider: seller.account.address,
        payee: seller.account.address,
        modelVersion: 1,
        unit: 'token',
        price: 1_000_000n,
        ownerSharePpm: 100_000,
        proofKind: 'attested',
        arbiter: NOBODY,
        profile: NOTHING,
        escrow: deployment.escrow,
        sink: deployment.revenueSink,
        exposure: 1_000_000n,
        slashCap: 1_000n,
        terms: NOTHING,
        salt: bytesToHex(randomBytes(32)),
        ...changes,
      }
      return { offer, offerId: (await createOffer(seller, { deployment, offer })).offerId }
    },
    async close() {
      await chain.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function fileOf(path: string, bytes: Uint8Array) {
  return { path, cid: cidOfDigest(sha256(bytes)), bytes: bytes.length, root: bytesToHex(merkleRoot(bytes)) }
}
