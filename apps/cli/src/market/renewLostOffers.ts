import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bytesToHex } from '@stoa/protocol'
import { getOffer, isOfferOpen, replaceOffer } from '@stoa/sdk'
import { roleClient } from '../home/clients.ts'
import { type Config, writeConfig } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import type { Printer } from '../output/printer.ts'

/**
 * Replaces the home's offers by new ones with the same terms where its node's store was lost or came from a backup: buyers may hold receipts that the node has forgotten, and going on under
 * the same offers could cost it stake (specs/recovery.md). Returns the configuration to go on with; one that needs nothing as it is, but for saying that a node has served from it.
 */
export async function renewLostOffers(home: Home, config: Config, printer: Pick<Printer, 'step'>): Promise<Config> {
  const isLost = config.served === true && !existsSync(join(home.node, 'node.db'))
  if ((!isLost && !config.restored) || config.offers.length === 0) return { ...config, served: true }
  const renewed = await printer.step(
    'offers',
    () => renew(home, config),
    ({ offers }) => `${offers.length} made anew: the store ${isLost ? 'was lost' : 'came from a backup'}`,
  )
  const { restored: _, ...rest } = renewed
  return { ...rest, served: true }
}

/** One after the other, each written down at once, so that an end in between leaves no offer unserved. */
async function renew(home: Home, config: Config): Promise<Config> {
  const client = await roleClient(home, config, 'provider')
  const { deployment } = config
  let current = config
  for (const old of config.offers) {
    const { offerId } = old
    const offer = await getOffer(client, { deployment, offerId })
    if (!offer || !(await isOfferOpen(client, { deployment, offerId }))) continue
    const next = await replaceOffer(client, {
      deployment,
      offerId,
      offer: { ...offer, salt: bytesToHex(randomBytes(32)) },
    })
    current = {
      ...current,
      offers: current.offers.map((each) => (each === old ? { ...old, offerId: next.offerId } : each)),
    }
    await writeConfig(home, current)
  }
  return current
}
