import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { CommandError } from '../errors.ts'

/** The one folder that keeps everything: configuration, keys, chain, blobs, stores. */
export type Home = {
  folder: string
  config: string
  keys: string
  password: string
  chain: string
  blobs: string
  node: string
  gateway: string
  /** The key of the gateway's owner, where one is asked for. */
  ownerKey: string
  index: string
  models: string
  /** A model on its way to market. */
  draft: string
  /** Socket on which a running `stoa up` takes orders. */
  control: string
}

/** `--home`, else STOA_HOME, else ~/.stoa. */
export function homeFolder(option: string | undefined): string {
  return resolve(option ?? process.env.STOA_HOME ?? join(homedir(), '.stoa'))
}

/** Opens, or makes, the folder; only its owner may look into it. */
export async function openHome(folder: string): Promise<Home> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    throw new CommandError(`${folder} can't be used as a home: ${cause.code}.`, {
      code: 'INVALID_HOME',
      hint: 'Give a folder that you can write to with --home or STOA_HOME.',
      cause,
    })
  })
  return {
    folder,
    config: join(folder, 'stoa.json'),
    keys: join(folder, 'keys'),
    password: join(folder, 'password'),
    chain: join(folder, 'chain'),
    blobs: join(folder, 'blobs'),
    node: join(folder, 'node'),
    gateway: join(folder, 'gateway'),
    ownerKey: join(folder, 'owner-key'),
    index: join(folder, 'index'),
    models: join(folder, 'models'),
    draft: join(folder, 'draft'),
    control: join(folder, 'control.sock'),
  }
}
