import { privateKeyToAddress } from 'viem/accounts'
import { ROLES, roleKey, roleKeyBytes } from '../home/keys.ts'
import { x25519PublicKey } from '../market/registerSeller.ts'
import type { Context } from './context.ts'

/** Shows the public half of every key of the home; makes the keys of a home that has none yet. */
export async function accounts({ home, printer }: Context): Promise<void> {
  const shown: Record<string, string> = {}
  for (const role of ROLES)
    shown[role] =
      role === 'endpoint'
        ? x25519PublicKey(await roleKeyBytes(home, role))
        : privateKeyToAddress(await roleKey(home, role))
  printer.result(
    shown,
    Object.entries(shown)
      .map(([role, name]) => `${role.padEnd(11)}${name}`)
      .join('\n'),
  )
}
