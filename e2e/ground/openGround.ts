import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ChainNotSavedError, DEVELOPMENT_KEYS, deployStoa, fundAccount, startChain } from '@stoa/localnet'
import type { Upstream } from '@stoa/node'
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
import { diskBlobStore } from '@stoa/storage'
import { toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

const ETHER = 10n ** 18n
const NODE_PROCESS = fileURLToPath(new URL('./nodeProcess.ts', import.meta.url))
const GATEWAY_PROCESS = fileURLToPath(new URL('./gatewayProcess.ts', import.meta.url))
const SERVERS = fileURLToPath(new URL('../../packages/node/src/testing/', import.meta.url))

export type Ground = Awaited<ReturnType<typeof openGround>>

/** What of an offer a test says; the rest is as for an answer that is only signed. */
export type GroundOffer = Pick<Offer, 'modelId' | 'unit' | 'price'> &
  Partial<Offer> & { /** A server that answers in place of the model's files. */ upstream?: Upstream }

/** How a node's process is started. */
export type NodeStart = {
  preload?: URL
  limits?: Record<string, number>
  settlement?: { intervalSeconds: number }
}

/**
 * A chain with the contracts, accounts, and nodes in processes of their own: what a gateway meets. With `keepChain` the chain's state is on disk, about a second
 * behind, so that the chain can be killed and come back without its last blocks.
 */
export async function openGround({ keepChain = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-e2e-'))
  const kept = keepChain ? { folder: join(folder, 'chain') } : {}
  let chain = await startChain(kept)
  const { rpcUrl, chainId } = chain
  const clientOf = (key: Hex) =>
    createChainClient({ rpcUrl, chainId, account: privateKeyToAccount(key), pollingInterval: 20 })
  const minter = clientOf(DEVELOPMENT_KEYS[0])
  const deployment = await deployStoa(minter)
  const secp256k1 = await loadSecp256k1()
  const blobsFolder = join(folder, 'blobs')
  const blobs = await diskBlobStore({ folder: blobsFolder })
  const processes = new Set<ChildProcess>()
  /** Node with these arguments in a process that ends with this one, and the URL that it says when it listens. */
  const startProcess = async (...args: string[]): Promise<{ child: ChildProcess; url: string }> => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
    processes.add(child)
    for await (const url of createInterface({ input: child.stdout ?? process.stdin })) return { child, url }
    throw new Error('the process ended before it listened')
  }

  const fund = (to: Hex, usd = 0n) => fundAccount(minter, { deployment, to, wei: ETHER, ...(usd > 0n && { usd }) })
  const account = async (usd: bigint): Promise<WriteClient> => {
    const client = clientOf(bytesToHex(randomBytes(32)))
    await fund(client.account.address, usd)
    return client
  }
  const owner = await account(0n)
  const open = async (client: WriteClient, usd: bigint) => {
    const sessionKey = randomBytes(32)
    await deposit(client, { deployment, key: secp256k1.addressOf(sessionKey), amount: usd })
    return sessionKey
  }

  return {
    ...{ rpcUrl, deployment, fund },
    /** An account with coin for gas and `usd` wei of test dollars. */
    account,
    stopChain: () => chain.stop(),
    /** Makes so many blocks with nothing in them. */
    grow: (blocks: number) => minter.request({ method: 'anvil_mine', params: [toHex(blocks)] } as never),
    /** Kills the chain and starts it again at the same address from what was on disk. */
    async crashChain() {
      const { pid, port, exited, stop } = chain
      process.kill(pid, 'SIGKILL')
      await exited
      await stop().catch((error: unknown) => {
        if (!(error instanceof ChainNotSavedError)) throw error
      })
      chain = await startChain({ ...kept, port })
    },
    /** Reads the chain. */
    reader: minter,
    folder: () => mkdtempSync(join(folder, 'state-')),
    /** Publishes a model of these files; its number. */
    async publish(
      card: Pick<ModelCard, 'name' | 'task' | 'profile' | 'features' | 'context'>,
      contents: Readonly<Record<string, Uint8Array>>,
    ) {
      const files = []
      for (const [path, bytes] of Object.entries(contents)) {
        const { cid } = await blobs.put(bytes)
        files.push({ path, cid, bytes: bytes.length, root: bytesToHex(merkleRoot(bytes)) })
      }
      const words = { title: card.name, description: 'A real model.', licence: 'Apache-2.0', source: 'npm' }
      const bytes = encodeModelCard({ stoa: 'model-card/1', ...card, ...words, files })
      await blobs.put(bytes)
      const terms = {
        deployment,
        card: bytesToHex(sha256(bytes)),
        weights: bundleDigest(files),
        ownerSharePpm: 100_000,
      }
      return (await publishModel(owner, terms)).modelId
    },
    /** A payer with `usd` wei deposited, and its session key. */
    async payer(usd: bigint) {
      const owner = await account(usd)
      return { payer: owner.account.address, sessionKey: await open(owner, usd) }
    },
    /** Deposits `usd` wei of an account; its session key. */
    open,
    /** A server of these two packages' tests in a process of its own; see there. */
    async server(file: 'chatServer.ts' | 'oipServer.ts', argument?: string) {
      const { child, url } = await startProcess(join(SERVERS, file), ...(argument ? [argument] : []))
      return { url, kill: () => end(child) }
    },
    /** A gateway in a process of its own. */
    async gatewayProcess(parameters: object) {
      const { child, url } = await startProcess(GATEWAY_PROCESS, JSON.stringify({ rpcUrl, deployment, ...parameters }))
      return { url, kill: () => end(child) }
    },
    enrol,
    /** A provider in a process of its own that makes these offers. */
    async provide(wanted: readonly GroundOffer[], { preload, limits, settlement }: NodeStart = {}) {
      const { provider, offers, parameters, announce } = await enrol(wanted, limits)
      const start = async (settles = settlement) => {
        const flags = preload ? ['--import', preload.href] : []
        const started = await startProcess(
          ...flags,
          NODE_PROCESS,
          JSON.stringify({ ...parameters, settlement: settles }),
        )
        await announce(started.url)
        return started
      }
      let { child, url } = await start()
      const kill = async () => {
        processes.delete(child)
        await end(child)
      }
      /** Kills it, removes its store, and starts it anew, to settle as it did or in another way. */
      const loseStore = async (settles = settlement) => {
        await kill()
        rmSync(parameters.folder, { recursive: true })
        ;({ child, url } = await start(settles))
      }
      return { provider, offers, url, endpoint: () => url, kill, loseStore }
    },
    async close() {
      await Promise.all([...processes].map(end))
      await chain.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }

  /** A provider on the ledger with these offers. `parameters`: what `createNode` takes in a process of its own; `announce` names its endpoint. */
  async function enrol(wanted: readonly GroundOffer[], limits?: NodeStart['limits']) {
    const client = await account(10n ** 9n)
    const [signerKey, settlementKey] = [randomBytes(32), bytesToHex(randomBytes(32))]
    const settler = privateKeyToAccount(settlementKey).address
    const signer = secp256k1.addressOf(signerKey)
    // The receipt key pays for moves in disputes.
    for (const hot of [settler, signer]) await fund(hot)
    const provider = client.account.address
    const sealing = x25519KeyPair()
    const endpointKey = sealing.publicKey
    await registerProvider(client, { deployment, endpoint: 'http://127.0.0.1:1', endpointKey, signer })
    await setSettler(client, { deployment, settler })
    await stake(client, { deployment, provider, amount: 10n ** 7n })
    const offers: Hex[] = []
    for (const terms of wanted)
      offers.push((await createOffer(client, { deployment, offer: offerOf(provider, deployment, terms) })).offerId)
    const parameters = {
      folder: mkdtempSync(join(folder, 'node-')),
      ...{ rpcUrl, deployment, provider, signerKey: bytesToHex(signerKey), settlementKey, blobsFolder, limits },
      endpointKey: sealing.privateKey,
      offers: offers.map((offerId, i) => ({ offerId, upstream: wanted[i]?.upstream })),
    }
    const announce = (endpoint: string) => setEndpoint(client, { deployment, endpoint, endpointKey })
    return { provider: provider.toLowerCase() as Hex, offers, parameters, announce }
  }
}

/** RFC 7748 keys, which end their encodings of RFC 8410. */
function x25519KeyPair(): { publicKey: Hex; privateKey: Hex } {
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  const tail = (der: Buffer) => bytesToHex(der.subarray(-32))
  return {
    publicKey: tail(publicKey.export({ format: 'der', type: 'spki' })),
    privateKey: tail(privateKey.export({ format: 'der', type: 'pkcs8' })),
  }
}

function offerOf(
  provider: Hex,
  { escrow, revenueSink }: { escrow: Hex; revenueSink: Hex },
  { upstream: _, ...terms }: GroundOffer,
): Offer {
  return {
    ...{ provider, payee: provider, modelVersion: 1, ownerSharePpm: 100_000 },
    ...{ proofKind: 'attested', arbiter: `0x${'0'.repeat(40)}`, profile: `0x${'0'.repeat(64)}` },
    ...{ escrow, sink: revenueSink, exposure: 1_000_000n, slashCap: 1_000n },
    ...{ terms: `0x${'0'.repeat(64)}`, salt: bytesToHex(randomBytes(32)) },
    ...terms,
  }
}

/** Without warning, as a machine loses its power. */
async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await ended
}
