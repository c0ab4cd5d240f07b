import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { ensureDebian } from '../../scripts/lib/ensureDebian.ts'

const CHROMIUM = '/usr/bin/chromium'

/** Debian's Chromium, with nothing that reaches beyond this machine. Installed where it is missing and this user may. */
export async function openBrowser(): Promise<Browser> {
  await ensureDebian('chromium', CHROMIUM)
  if (!existsSync(CHROMIUM))
    throw new Error(`These tests need Debian’s chromium at ${CHROMIUM}: apt-get install chromium`)
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  })
}
