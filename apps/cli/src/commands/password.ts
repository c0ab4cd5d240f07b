import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { CommandError } from '../errors.ts'
import { keyOfFile, writeKey } from '../home/keys.ts'
import type { Context } from './context.ts'

/**
 * Encrypts every key of the home anew with STOA_NEW_PASSWORD, and removes the password file if there is one. The new keystores take the old ones' place in one step: ended anywhere, either all are old or all are
 * new.
 */
export async function password({ home, printer }: Context): Promise<void> {
  const { STOA_NEW_PASSWORD: wanted } = process.env
  if (!wanted || wanted.length < 8)
    throw new CommandError('There is no new password, or a short one.', {
      code: 'PASSWORD_NEEDED',
      hint: 'Set STOA_NEW_PASSWORD to at least 8 characters, and STOA_PASSWORD to the present one if there is no password file.',
    })
  if (!existsSync(home.keys))
    throw new CommandError(`There are no keys in ${home.keys}.`, {
      code: 'KEYSTORE',
      hint: 'Make them: stoa accounts.',
    })
  const [draft, former] = [`${home.keys}.new`, `${home.keys}.former`]
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  const files = (await readdir(home.keys, { recursive: true, withFileTypes: true })).filter(
    (each) => each.isFile() && each.name.endsWith('.json'),
  )
  for (const { parentPath, name } of files) {
    const file = join(parentPath, name)
    await writeKey(join(draft, relative(home.keys, file)), await keyOfFile(home, file), wanted, false)
  }
  await rename(home.keys, former)
  await rename(draft, home.keys)
  await rm(home.password, { force: true })
  await rm(former, { recursive: true })
  printer.result(
    { keystores: files.length },
    `${files.length} keystores are encrypted with the new password. STOA_PASSWORD has to be that from now on.`,
  )
}
