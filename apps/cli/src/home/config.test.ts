import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

test('of a configuration that is none every member that is wrong is named, with what it must be', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-home-'))
  const home = await openHome(folder)
  const oldest = JSON.parse(readFileSync(new URL('./fixtures/stoa.1.json', import.meta.url), 'utf8'))
  const { escrow: _, ...deployment } = oldest.deployment
  writeFileSync(home.config, JSON.stringify({ ...oldest, deployment, ports: { ...oldest.ports, node: 70_000 } }))
  await expect(readConfig(home)).rejects.toMatchObject({
    shortMessage: `${home.config} is not a valid configuration.`,
    details:
      '"deployment.escrow" must be an address: 0x and 40 hexadecimal digits. "ports.node" must be at most 65535, and is 70000.',
  })
  writeFileSync(home.config, '{"stoa":')
  await expect(readConfig(home)).rejects.toMatchObject({ details: expect.stringContaining('is not JSON in UTF-8: ') })
  rmSync(folder, { recursive: true })
})
