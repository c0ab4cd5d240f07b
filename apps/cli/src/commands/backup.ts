import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { retireLanes } from '@stoa/gateway'
import { CommandError } from '../errors.ts'
import { checkBackup, copyBackup, writeBackup } from '../home/backup.ts'
import { readConfig, writeConfig } from '../home/config.ts'
import { order } from '../services/control.ts'
import { type Context, requireConfig } from './context.ts'

/** Copies the home into a folder from which `restore` makes it again. */
export async function backup(
  { home, printer }: Context,
  folder: string,
  options: { password: boolean },
): Promise<void> {
  await requireConfig(home)
  await requireStopped(home)
  const to = resolve(folder)
  const { files } = await printer.step(
    'backup',
    () => writeBackup(home, to, options),
    (made) => `${made.files.length} files`,
  )
  const secret =
    process.env.STOA_PASSWORD || options.password
      ? ''
      : ` The password is not in it: keep ${home.password} somewhere else, or the keys can't be opened.`
  printer.result(
    { folder: to, files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) },
    `${to} has everything.${secret}`,
  )
}

/**
 * Makes a home of a backup. What happened since it was made is not in it: the gateway uses none of its lanes again, and offers are replaced at the next start, so that nothing is signed twice and no forgotten receipt
 * costs stake (specs/recovery.md).
 */
export async function restore({ home, printer }: Context, folder: string): Promise<void> {
  const from = resolve(folder)
  if (existsSync(home.config) || existsSync(home.keys))
    throw new CommandError(`${home.folder} holds a home already.`, {
      code: 'HOME_IN_USE',
      hint: 'Give a new folder with --home, or move this one away first.',
    })
  const made = await printer.step(
    'check',
    () => checkBackup(from),
    ({ at }) => `of ${at}`,
  )
  await copyBackup(from, made, home)
  const config = await readConfig(home)
  if (config) await writeConfig(home, { ...config, restored: true })
  const lanes = existsSync(`${home.gateway}/gateway.db`) ? retireLanes(home.gateway) : 0
  printer.result(
    { home: home.folder, at: made.at, lanes },
    `${home.folder} is as it was at ${made.at}. ${lanes} lanes of the gateway are not used again; offers are made anew at the next start.`,
  )
}

async function requireStopped(home: Context['home']): Promise<void> {
  if (await order(home, 'status').catch(() => undefined))
    throw new CommandError('Stoa is running from this home.', {
      code: 'ALREADY_RUNNING',
      hint: 'Stop it first: a store that changes while it is copied is none.',
    })
}
