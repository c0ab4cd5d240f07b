import type { Hex } from '@stoa/protocol'
import { hexToBytes } from '@stoa/protocol'
import {
  addKey,
  getKeyValidUntil,
  getNextSettler,
  getProvider,
  removeKey,
  setEndpoint,
  setSettler,
  setSigner,
} from '@stoa/sdk'
import { isAddressEqual } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { CommandError } from '../errors.ts'
import { roleClient } from '../home/clients.ts'
import type { Config } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import { roleKey } from '../home/keys.ts'
import { promoteKey, stagedKey } from '../home/stagedKey.ts'
import { x25519PublicKey } from '../market/registerSeller.ts'
import { asStarted } from '../output/asStarted.ts'
import { order } from '../services/control.ts'
import { type Context, requireConfig } from './context.ts'

const ROTATED = ['session', 'signer', 'settlement', 'endpoint'] as const
type Rotated = (typeof ROTATED)[number]

/**
 * Gives a hot key's role to a new key: registers the new one, puts it in the old one's place, and ends the old one's rights. Ended anywhere in between, doing it again goes on from there.
 */
export async function rotate({ home, printer }: Context, name: string): Promise<void> {
  const config = await requireConfig(home)
  const role = ROTATED.find((each) => each === name)
  if (!role)
    throw new CommandError(`The key "${name}" can't be rotated.`, {
      code: 'INVALID_ARGUMENT',
      hint: `Give one of ${ROTATED.join(', ')}. Accounts own money and names on the ledger: make another home, and send them on.`,
    })
  if (await order(home, 'status').catch(() => undefined))
    throw new CommandError('Stoa is running from this home.', {
      code: 'ALREADY_RUNNING',
      hint: 'Stop it first: a service keeps the key with which it began.',
    })
  const [old, next] = [await roleKey(home, role), await stagedKey(home, role)]
  await printer.step(
    'register',
    () => REGISTER[role](home, config, next),
    () => shown(role, next),
  )
  const kept = await promoteKey(home, role, shown(role, old))
  if (role === 'session')
    await printer.step(
      'remove',
      () => endSession(home, config, old),
      () => shown(role, old),
    )
  printer.result(
    { role, old: shown(role, old), new: shown(role, next), kept },
    explained(role, shown(role, next), kept),
  )
}

const shown = (role: Rotated, key: Hex): string =>
  role === 'endpoint' ? x25519PublicKey(hexToBytes(key, 32)) : privateKeyToAddress(key)

function explained(role: Rotated, now: string, kept: string): string {
  const gas =
    role === 'signer' || role === 'settlement'
      ? asStarted(
          ` Send it coin: stoa fund ${role} --coin <amount>; what the former one has can be sent on with its key.`,
        )
      : ''
  return `The ${role} key is ${now} now.${gas} The former one is kept in ${kept}.`
}

/** Registers a new key for its role, unless that is done. */
const REGISTER: Record<Rotated, (home: Home, config: Config, next: Hex) => Promise<unknown>> = {
  async session(home, config, next) {
    const client = await roleClient(home, config, 'payer')
    const { deployment } = config
    const key = privateKeyToAddress(next)
    const payer = client.account.address
    if ((await getKeyValidUntil(client, { deployment, payer, key })) === 0) await addKey(client, { deployment, key })
  },
  async signer(home, config, next) {
    const client = await roleClient(home, config, 'provider')
    const { deployment } = config
    const signer = privateKeyToAddress(next)
    const known = await getProvider(client, { deployment, provider: client.account.address })
    if (known && !isAddressEqual(known.signer, signer)) await setSigner(client, { deployment, signer })
  },
  async settlement(home, config, next) {
    const client = await roleClient(home, config, 'provider')
    const { deployment } = config
    const settler = privateKeyToAddress(next)
    const current = await getNextSettler(client, { deployment, provider: client.account.address })
    const offerIds = config.offers.map(({ offerId }) => offerId)
    if (!isAddressEqual(current, settler)) await setSettler(client, { deployment, settler, offerIds })
  },
  async endpoint(home, config, next) {
    const client = await roleClient(home, config, 'provider')
    const { deployment } = config
    const endpointKey = x25519PublicKey(hexToBytes(next, 32))
    const known = await getProvider(client, { deployment, provider: client.account.address })
    if (known && known.endpointKey !== endpointKey)
      await setEndpoint(client, { deployment, endpoint: known.endpoint, endpointKey })
  },
}

/** What the former key signed can be settled for the withdrawal delay; nothing that it signs from now on counts with sellers for longer. */
async function endSession(home: Home, config: Config, old: Hex): Promise<void> {
  await removeKey(await roleClient(home, config, 'payer'), {
    deployment: config.deployment,
    key: privateKeyToAddress(old),
  })
}
