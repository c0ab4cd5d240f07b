import { spawn } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { escrowAbi } from '@stoa/protocol/abi'

export type PlainParameters = { folder: string; rpcUrl: string; escrow: string; port: number }

/** The peer: a plain Ponder app, which keeps settlements in one table and payers' sums in another, as its documentation shows. */
export async function startPlainPonder({ folder, rpcUrl, escrow, port }: PlainParameters) {
  const event = escrowAbi.find((item) => item.type === 'event' && item.name === 'Settled')
  const files = {
    'ponder.config.ts': `import { createConfig } from 'ponder'
export default createConfig({
  chains: { chain: { id: 31337, rpc: '${rpcUrl}', pollingInterval: 200, disableCache: true } },
  contracts: { Escrow: { chain: 'chain', address: '${escrow}', startBlock: 0, abi: [${JSON.stringify(event)}] } },
})`,
    'ponder.schema.ts': `import { onchainTable } from 'ponder'
export const settlement = onchainTable('settlement', (t) => ({
  id: t.text().primaryKey(), payer: t.hex().notNull(), paid: t.bigint().notNull(), at: t.integer().notNull(),
}))
export const payer = onchainTable('payer', (t) => ({ address: t.hex().primaryKey(), paid: t.bigint().notNull() }))`,
    'src/index.ts': `import { ponder } from 'ponder:registry'
import { payer, settlement } from 'ponder:schema'
ponder.on('Escrow:Settled', async ({ event, context: { db } }) => {
  const { payer: address, paid } = event.args
  await db.insert(settlement).values({ id: event.id, payer: address, paid, at: Number(event.block.timestamp) })
  await db.insert(payer).values({ address, paid }).onConflictDoUpdate((row) => ({ paid: row.paid + paid }))
})`,
    'src/api/index.ts': `import { Hono } from 'hono'
export default new Hono()`,
  }
  await mkdir(join(folder, 'src', 'api'), { recursive: true })
  // Its dependencies are found as those of any app are.
  await symlink(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'))
  const program = fileURLToPath(new URL('./bin/ponder.js', import.meta.resolve('ponder')))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const args = ['start', '--root', folder, '--port', `${port}`, '--hostname', '127.0.0.1', '--schema', 'public']
  const child = spawn(process.execPath, [program, ...args, '--log-level', 'warn'], {
    cwd: folder,
    env: { ...process.env, PONDER_TELEMETRY_DISABLED: 'true' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<void>((resolveEnd) => child.once('exit', () => resolveEnd()))
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
