import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readConfig, rpcUrlsOf, writeConfig } from './config.ts'
import { openHome } from './home.ts'

test('the oldest home is read, written and read again; several endpoints are as good as one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-home-'))
  const home = await openHome(folder)
  copyFileSync(fileURLToPath(new URL('./fixtures/stoa.1.json', import.meta.url)), home.config)
  const oldest = await readConfig(home)
  if (!oldest) throw new Error('there is a configuration')
  expect(oldest).toMatchObject({ durability: 'normal', offers: [{ model: 'stoa/ocr' }], ports: { node: 4701 } })
  expect(rpcUrlsOf(oldest)).toEqual(['http://127.0.0.1:4702'])
  const more = { ...oldest, rpcUrl: ['https://a.example', 'https://b.example'] }
  await writeConfig(home, more)
  expect(await readConfig(home)).toEqual(more)
  rmSync(folder, { recursive: true })
})
