import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { serveModules } from './testing/serveModules.ts'

const CHROMIUM = '/usr/bin/chromium'
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Random graphs in the page, in the literal interpreter and in WebAssembly with one thread and with two. */
const PAGE = `
try {
  const { differencesOf } = await import('/packages/engine/src/exact/testing/randomRun.ts')
  const { openWasm } = await import('/packages/engine/src/exact/wasm/openWasm.ts')
  const found = []
  for (let seed = 0; seed < 40; seed++) {
    found.push(...(await differencesOf(seed, [1, 2].map((threads) => (graph) => openWasm(graph, { threads })))))
  }
  await fetch('/report', { method: 'POST', body: JSON.stringify({ shared: crossOriginIsolated, found }) })
} catch (error) {
  await fetch('/report', { method: 'POST', body: JSON.stringify({ error: String(error.stack ?? error) }) })
}
`

test.skipIf(!existsSync(CHROMIUM))('gives the same answers in a browser', async () => {
  const site = await serveModules(PAGE)
  const profile = await mkdtemp(join(tmpdir(), 'stoa-browser-'))
  const browser = spawn(CHROMIUM, [...FLAGS, `--user-data-dir=${profile}`, site.url], { stdio: 'ignore' })
  const gone = new Promise((resolve) => browser.once('exit', resolve))
  try {
    expect(JSON.parse(await site.reported)).toEqual({ shared: true, found: [] })
  } finally {
    browser.kill('SIGKILL')
    await gone
    site.close()
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
})
