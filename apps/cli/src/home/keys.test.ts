import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Home, openHome } from './home.ts'
import { addRoleKey, roleKey } from './keys.ts'

let home: Home
beforeEach(async () => {
  home = await openHome(await mkdtemp(join(tmpdir(), 'stoa-keys-')))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(home.folder, { recursive: true })
})

it('makes a key once, finds it again, and never writes it in the clear', async () => {
  const key = await roleKey(home, 'payer')
  expect(await roleKey(home, 'payer')).toBe(key)
  expect(await roleKey(home, 'owner')).not.toBe(key)
  const file = join(home.keys, 'payer.json')
  expect(await readFile(file, 'utf8')).not.toContain(key.slice(2))
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(home.password)).mode & 0o777).toBe(0o600)
})

it('opens with the password it was made with, and with no other', async () => {
  vi.stubEnv('STOA_PASSWORD', 'correct horse')
  const key = await roleKey(home, 'session')
  expect(await roleKey(home, 'session')).toBe(key)
  vi.stubEnv('STOA_PASSWORD', 'wrong horse')
  await expect(roleKey(home, 'session')).rejects.toThrow("session.json can't be opened")
})

it('makes no new key in a home that is set up, and no new password beside keys', async () => {
  await roleKey(home, 'payer')
  await writeFile(home.config, '{}')
  await expect(roleKey(home, 'signer')).rejects.toThrow("signer.json can't be opened: it is missing")
  await rm(home.password)
  await expect(roleKey(home, 'payer')).rejects.toThrow('the password file is gone')
})

it('makes a key for a role that a home is older than, once', async () => {
  await roleKey(home, 'payer')
  await writeFile(home.config, '{}')
  const key = await addRoleKey(home, 'disputer')
  expect(await addRoleKey(home, 'disputer')).toBe(key)
  expect(await roleKey(home, 'disputer')).toBe(key)
})

it('refuses a damaged file rather than making a new key over it', async () => {
  await roleKey(home, 'payer')
  await writeFile(join(home.keys, 'payer.json'), '{"version":3}')
  await expect(roleKey(home, 'payer')).rejects.toThrow('it is damaged, or no keystore: "id" is missing')
})
