import { NotRunningError } from '../errors.ts'
import { type Config, readConfig } from '../home/config.ts'
import { type Home, homeFolder, openHome } from '../home/home.ts'
import { createPrinter, type Printer } from '../output/printer.ts'

/** Options that every command has. */
export type GlobalOptions = { home?: string; json?: boolean }

/** What a command works with. */
export type Context = { home: Home; printer: Printer }

export async function openContext({ home, json = false }: GlobalOptions): Promise<Context> {
  return { home: await openHome(homeFolder(home)), printer: createPrinter({ json }) }
}

/** The configuration of a home that has been started before; throws `NotRunningError` for one that has not. */
export async function requireConfig(home: Home): Promise<Config> {
  const config = await readConfig(home)
  if (!config) throw new NotRunningError(home.folder)
  return config
}
