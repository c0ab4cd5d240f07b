import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright-core'

const run = promisify(execFile)
const CHROMIUM = '/usr/bin/chromium'

/** Debian's Chromium, with nothing that reaches beyond this machine. Installed where it is missing and this user may. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) await installChromium()
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  })
}

async function installChromium(): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new Error('These tests need Debian’s chromium at /usr/bin/chromium: apt-get install chromium')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update'], { env })
  await run('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], { env, maxBuffer: 1 << 26 })
}
