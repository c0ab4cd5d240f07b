import { rm } from 'node:fs/promises'
import { readConfig } from '../home/config.ts'
import type { Home } from '../home/home.ts'

/** Removes the file of an upstream's key, unless an offer that this home serves needs it. */
export async function forgetUpstreamKey(home: Home, keyFile: string): Promise<void> {
  const { offers = [] } = (await readConfig(home)) ?? {}
  if (offers.some(({ upstream }) => upstream?.keyFile === keyFile)) return
  await rm(keyFile, { force: true })
}
