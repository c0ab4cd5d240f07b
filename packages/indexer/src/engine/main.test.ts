import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '@stoa/localnet'
import { expect, it } from 'vitest'
import { openLedger } from '../testing/ledger.ts'
import type { StartIndexerParameters } from './parameters.ts'

/** A process that starts an index and says which process that is. */
const PARENT = `
  const { startIndexer } = await import(process.argv[1])
  const { pid } = await startIndexer(JSON.parse(process.argv[2]))
  console.log(pid)
`

async function startParent(parameters: StartIndexerParameters) {
  const module = new URL('./startIndexer.ts', import.meta.url).href
  const args = ['--input-type=module', '--eval', PARENT, module, JSON.stringify(parameters)]
  const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface({ input: parent.stdout }), 'line')
  return { parent, index: Number(line) }
}

it('ends with its parent, however that dies, and leaves nothing that its next start would wait for', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stoa-index-'))
  const ledger = await openLedger()
  try {
    const { rpcUrl, deployment } = ledger
    for (let round = 0; round < 2; round++) {
      const { parent, index } = await startParent({ folder, rpcUrl, deployment, port: await freePort() })
      parent.kill('SIGKILL')
      await expect.poll(() => existsSync(`/proc/${index}`)).toBe(false)
    }
  } finally {
    await ledger.close()
    await rm(folder, { recursive: true, force: true })
  }
})
