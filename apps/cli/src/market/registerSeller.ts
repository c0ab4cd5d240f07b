import { createPrivateKey, createPublicKey } from 'node:crypto'
import { bytesToHex, type Hex } from '@stoa/protocol'
import { getNextSettler, getProvider, registerProvider, setEndpoint, setSettler, stake } from '@stoa/sdk'
import { isAddressEqual } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { roleClient } from '../home/clients.ts'
import type { Config } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import { roleKey, roleKeyBytes } from '../home/keys.ts'

export type RegisterSellerParameters = {
  /** Where buyers reach the node. */
  endpoint: string
  /** Wei of stake to have in all; what is missing is added. */
  stake: bigint
}

/** Registers the home's provider with its endpoint and keys, names its settlement key, and stakes; whatever of it is done already is left. */
export async function registerSeller(home: Home, config: Config, parameters: RegisterSellerParameters): Promise<void> {
  const { endpoint, stake: wanted } = parameters
  const client = await roleClient(home, config, 'provider')
  const { deployment } = config
  const provider = client.account.address
  const endpointKey = x25519PublicKey(await roleKeyBytes(home, 'endpoint'))
  const known = await getProvider(client, { deployment, provider })
  const signer = privateKeyToAddress(await roleKey(home, 'signer'))
  if (!known) await registerProvider(client, { deployment, endpoint, endpointKey, signer })
  else if (known.endpoint !== endpoint || known.endpointKey !== endpointKey)
    await setEndpoint(client, { deployment, endpoint, endpointKey })
  const settler = privateKeyToAddress(await roleKey(home, 'settlement'))
  const current = await getNextSettler(client, { deployment, provider })
  if (!isAddressEqual(current, settler)) await setSettler(client, { deployment, settler })
  const missing = wanted - (known?.stake ?? 0n)
  if (missing > 0n) await stake(client, { deployment, provider, amount: missing })
}

/** RFC 7748 public key of a 32-byte private key, through the PKCS #8 form of RFC 8410. */
export function x25519PublicKey(privateKey: Uint8Array): Hex {
  const der = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), privateKey])
  const publicKey = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }))
  return bytesToHex(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))
}
