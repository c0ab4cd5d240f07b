import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { MIB } from '../testing.case.ts'

/** Stores and reads back a blob in a process of its own; that process's peak memory in bytes. */
async function peakBytes(length: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'stoa-blobs-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const script = join(import.meta.dirname, 'putAndGet.case.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script, folder, String(length)])
  return JSON.parse(stdout).peakBytes
}

test('memory does not grow with the blob: 300 MiB beside 3 MiB', async () => {
  const small = await peakBytes(3 * MIB)
  const large = await peakBytes(300 * MIB)
  console.log(`peak memory: ${Math.round(small / MIB)} MiB for 3 MiB, ${Math.round(large / MIB)} MiB for 300 MiB`)
  // Freed leaves wait for the collector, about 60 MiB of them; whoever held the blob would need 300 MiB more.
  expect(large - small).toBeLessThan(128 * MIB)
})
