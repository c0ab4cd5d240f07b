import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { modelOpening, type OwnRun, openCase, responseOf, sellerCall, sellerMove } from '@stoa/engine/dispute'
import { type ExactGraph, formulasOf } from '@stoa/engine/exact'
import { fundAccount } from '@stoa/localnet'
import {
  type BundleFile,
  bundleDigest,
  bytesToHex,
  type Hex,
  hexToBytes,
  type Offer,
  type Tensor,
} from '@stoa/protocol'
import { loadSecp256k1 } from '@stoa/protocol/secp256k1'
import { createOffer, listGames, playMove, readGame, registerProvider, stake } from '@stoa/sdk'
import type { BlobReader } from '@stoa/storage'
import { parseEther, zeroHash } from 'viem'
import type { LocalLedger } from '../boot/openLedger.ts'
import { writeClient } from '../home/clients.ts'
import { startLyingServer } from './lyingServer.ts'

export type SellLiesParameters = {
  ledger: LocalLedger
  /** Holds the model's card and files. */
  blobs: BlobReader
  graph: ExactGraph
  /** The model's files as its card has them, and the contents of `formulas.bin` among them. */
  bundle: readonly BundleFile[]
  formulasFile: Uint8Array
  /** The honest offer that is undercut. */
  honest: Offer
  /** Wei per 1,000,000 calls, and wei of stake to put up. */
  price: bigint
  stakeWei: bigint
  /** The run that is sold for the answer to a request. */
  lie: (request: readonly Tensor[]) => Promise<OwnRun>
}

/** Milliseconds between looks for games to defend. */
const LOOK_MS = 50

/**
 * A seller that lies, for a demonstration: it offers a model below the honest price, answers with an altered run, signs that as if it were right, and defends it on the
 * chain, move by move, with the run that it altered. It is a stranger like any other: no product has a part of it.
 */
export async function sellLies(parameters: SellLiesParameters) {
  const { ledger, blobs, graph, bundle, formulasFile, honest, price, stakeWei, lie } = parameters
  const { deployment, faucet } = ledger
  const secp256k1 = await loadSecp256k1()
  // Below the group order for certain, whose first byte is ff.
  const key: Hex = `0x01${randomBytes(31).toString('hex')}`
  const client = writeClient(ledger, key)
  const { address } = client.account
  await fundAccount(faucet, { deployment, to: address, wei: parseEther('10'), usd: stakeWei })

  const formulas = formulasOf(graph)
  const model = modelOpening(bundle, formulasFile, formulas)
  /** One lie is told, to whoever asks. */
  let told: { run: OwnRun; request: readonly Tensor[] } | undefined
  const server = await startLyingServer({
    ...{ deployment, secp256k1, key: hexToBytes(key, 32), blobs, weights: bundleDigest([...bundle]), price },
    async answer(request) {
      told = { run: await lie(request), request }
      return responseOf(graph, told.run)
    },
  })
  await registerProvider(client, { deployment, endpoint: server.url, endpointKey: zeroHash, signer: address })
  await stake(client, { deployment, amount: stakeWei })
  const offer: Offer = { ...honest, provider: address, payee: address, price, salt: bytesToHex(randomBytes(32)) }
  const { offerId } = await createOffer(client, { deployment, offer })

  const defend = async () => {
    if (!told) return
    const { run, request } = told
    const own = openCase({ run, formulas, request, model })
    for (const { game, on } of await listGames(client, { deployment, provider: address })) {
      const played = on ? await readGame(client, { deployment, game }) : undefined
      const move = played && (await sellerMove(run, played.state, played.folds, own.foldStates))
      if (move) await playMove(client, { deployment, game, state: played.state, ...sellerCall(move) })
    }
  }
  let playing = true
  const defending = (async () => {
    while (playing) {
      // What fails, because the game moved on meanwhile, is looked at again.
      await defend().catch(() => undefined)
      await sleep(LOOK_MS)
    }
  })()
  return {
    address,
    offerId,
    async close() {
      playing = false
      await defending
      await server.close()
    },
  }
}
