import { readFileSync } from 'node:fs'
import type { Address, Hex, Unit } from '@stoa/protocol'
import type { Deployment } from '@stoa/sdk'
import { z } from 'zod'
import type { ServedModel } from '../models/openServed.ts'
import type { NodeSettings } from '../parameters.ts'

/** What `GET /v1/node` says (specs/node-http.md). Amounts in wei as decimal strings. */
export type NodeDescription = {
  version: string
  chainId: number
  escrow: Address
  providerRegistry: Address
  provider: Address
  offers: readonly { offerId: Hex; model: string; task: string; unit: Unit; price: string; retentionSeconds?: number }[]
  /** Which implementation signs: native, wasm or javascript. */
  signatures: string
  /** Seconds that a voucher has to be valid for at least. */
  settlementSeconds: number
  maxBodyBytes: number
}

export type DescribeNodeParameters = {
  deployment: Deployment
  provider: Address
  signatures: string
  settings: NodeSettings
  served: ReadonlyMap<Hex, ServedModel>
}

/** Describes the node to whoever asks. Read once: nothing of it changes while the node runs. */
export function describeNode({
  deployment,
  provider,
  signatures,
  settings,
  served,
}: DescribeNodeParameters): NodeDescription {
  const offers = [...served.values()].map(({ offerId, offer, card, retentionSeconds }) => {
    const kept = retentionSeconds === undefined ? {} : { retentionSeconds }
    return { offerId, model: card.name, task: card.task, unit: offer.unit, price: offer.price.toString(), ...kept }
  })
  const { chainId, escrow, providerRegistry } = deployment
  const { intervalSeconds: settlementSeconds, maxBodyBytes } = settings
  const described = { version: packageVersion(), chainId, escrow, providerRegistry, provider, offers, signatures }
  return { ...described, settlementSeconds, maxBodyBytes }
}

/** From this package's manifest, two folders up from here in the sources as in what is published. */
function packageVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return z.object({ version: z.string() }).parse(JSON.parse(manifest)).version
}
