import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BaseError, type Hex, hexToBytes, readOutsideJson } from '@stoa/protocol'
import { Keystore } from 'ox'
import { z } from 'zod'
import type { Home } from './home.ts'

/**
 * Who signs what. Seller, buyer and settlement hold different keys; accounts (`owner`, `provider`, `payee`, `payer`) are apart from
 * the hot keys that services load (`signer`, `settlement`, `session`, `disputer`). `signer` signs receipts, and the moves of disputes about them; `disputer` holds bonds
 * and gas and nothing else. `endpoint` is an X25519 key, the others are secp256k1.
 */
export const ROLES = [
  'owner',
  'provider',
  'payee',
  'signer',
  'settlement',
  'endpoint',
  'payer',
  'session',
  'disputer',
] as const
export type Role = (typeof ROLES)[number]

/** A keystore that cannot be opened. */
export class KeystoreError extends BaseError {
  override name = 'KeystoreError'
  constructor(file: string, why: string, cause?: unknown) {
    super(`The key in ${file} can't be opened: ${why}.`, {
      code: 'KEYSTORE',
      hint: process.env.STOA_PASSWORD
        ? 'STOA_PASSWORD is set and is what was tried: correct it, or unset it to use the password file of the home.'
        : 'Restore the file or the password file from a backup, or set STOA_PASSWORD to the password that the key was made with.',
      cause,
    })
  }
}

// Web3 Secret Storage, version 3, with scrypt: the part of it that is checked before it is believed.
const keystoreSchema = z.object({
  version: z.literal(3),
  id: z.string(),
  crypto: z.object({
    cipher: z.literal('aes-128-ctr'),
    ciphertext: z.string().regex(/^[0-9a-f]{64}$/),
    cipherparams: z.object({ iv: z.string().regex(/^[0-9a-f]{32}$/) }),
    kdf: z.literal('scrypt'),
    kdfparams: z.object({
      dklen: z.literal(32),
      n: z.int().max(1 << 20),
      p: z.int().max(8),
      r: z.int().max(8),
      salt: z.string(),
    }),
    mac: z.string().regex(/^[0-9a-f]{64}$/),
  }),
})

/**
 * The home's password: STOA_PASSWORD, else the file that the first start made with 32 random bytes, readable by its owner only. A
 * local network needs no more; for keys that hold value set STOA_PASSWORD and keep no file.
 */
export async function homePassword(home: Home): Promise<{ password: string; strong: boolean }> {
  if (process.env.STOA_PASSWORD) return { password: process.env.STOA_PASSWORD, strong: false }
  if (existsSync(home.keys) && !existsSync(home.password))
    throw new KeystoreError(home.keys, 'the password file is gone')
  try {
    await writeFile(home.password, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return { password: (await readFile(home.password, 'utf8')).trim(), strong: true }
}

/** A role's private key, 32 bytes; made on first use. Throws `KeystoreError`. */
export async function roleKey(home: Home, role: Role): Promise<Hex> {
  const file = join(home.keys, `${role}.json`)
  const { password, strong } = await homePassword(home)
  if (!existsSync(file)) {
    // A home that is set up has every key: a new one would be another account, and the old one's money out of reach.
    if (existsSync(home.config)) throw new KeystoreError(file, 'it is missing')
    return createKey(file, password, strong)
  }
  return openKey(file, password)
}

/** The key of a keystore of this home. Throws `KeystoreError`. */
export async function keyOfFile(home: Home, file: string): Promise<Hex> {
  return openKey(file, (await homePassword(home)).password)
}

/** Makes a keystore of this home with a new key, which it returns. Throws `KeystoreError` where there is a file already. */
export async function newKeyFile(home: Home, file: string): Promise<Hex> {
  const { password, strong } = await homePassword(home)
  return createKey(file, password, strong)
}

async function openKey(file: string, password: string): Promise<Hex> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new KeystoreError(file, error.message, error)
  })
  const read = readOutsideJson(keystoreSchema, bytes, 'it')
  if (!read.success) throw new KeystoreError(file, `it is damaged, or no keystore: ${read.words.replace(/\.$/, '')}`)
  try {
    return Keystore.decrypt(read.data, Keystore.toKey(read.data, { password }))
  } catch (error) {
    throw new KeystoreError(file, 'wrong password or damaged file', error)
  }
}

/** Makes the key of a role that a home set up by an earlier release does not have; one that is there stays. */
export async function addRoleKey(home: Home, role: Role): Promise<Hex> {
  const file = join(home.keys, `${role}.json`)
  if (existsSync(file)) return roleKey(home, role)
  const { password, strong } = await homePassword(home)
  return createKey(file, password, strong)
}

export async function roleKeyBytes(home: Home, role: Role): Promise<Uint8Array> {
  return hexToBytes(await roleKey(home, role), 32)
}

async function createKey(file: string, password: string, strong: boolean): Promise<Hex> {
  // Below the group order for certain, whose first byte is ff.
  const key: Hex = `0x${Buffer.concat([randomBytes(4).map((byte) => byte & 0x7f), randomBytes(28)]).toString('hex')}`
  await writeKey(file, key, password, strong)
  return key
}

/** Writes a keystore (Web3 Secret Storage 3, scrypt). Throws `KeystoreError`, also where there is a file already. */
export async function writeKey(file: string, key: Hex, password: string, strong: boolean): Promise<void> {
  // Stretching guards weak passwords; 32 random bytes can't be guessed at any speed.
  const [derived, options] = await Keystore.scryptAsync({ password, n: strong ? 1 << 10 : 1 << 17 })
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const keystore = Keystore.encrypt(key, derived, options)
  try {
    await writeFile(file, `${JSON.stringify(keystore, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    throw new KeystoreError(file, 'it could not be written', error)
  }
}
