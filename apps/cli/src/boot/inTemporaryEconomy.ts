import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@stoa/localnet'
import { CommandError } from '../errors.ts'
import { openHome } from '../home/home.ts'
import type { Printer } from '../output/printer.ts'
import { type BootParameters, boot, type Economy } from './boot.ts'

/** Runs a story in an economy of its own, on ports that are free and in a folder that is gone afterwards; with `dashboard`, one to look at. */
export async function inTemporaryEconomy(
  printer: Printer,
  { dashboard = false, ...options }: Pick<BootParameters, 'rerunShare' | 'disputes'> & { dashboard?: boolean },
  tell: (economy: Economy) => Promise<void>,
): Promise<void> {
  const home = await openHome(await mkdtemp(join(tmpdir(), 'stoa-demo-')))
  const ports = {
    ...{ chain: await freePort(), node: await freePort(), gateway: await freePort() },
    ...(dashboard && { web: await freePort(), index: await freePort() }),
  }
  try {
    const { promise: ended, reject } = Promise.withResolvers<never>()
    // Nobody waits for it while the economy boots; what fails then says so itself.
    ended.catch(() => undefined)
    const onEnd = (why: string) =>
      reject(new CommandError(`${why}.`, { hint: 'Run the demo again; its output above says what failed.' }))
    const economy = await boot({ home, ports, ...options, printer, onEnd })
    try {
      await Promise.race([tell(economy), ended])
    } finally {
      await economy.stop()
    }
  } finally {
    await rm(home.folder, { recursive: true, force: true })
  }
}
