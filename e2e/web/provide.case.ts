import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesToHex, merkleRoot } from '@stoa/protocol'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Dashboard, overflowOf, settled, violationsOf } from './dashboard.ts'
import { SIZES, THEMES } from './pages.ts'
import { heldBy } from './walletPage.ts'

/** From files to an offer that strangers buy from. */
export function provideCases(dashboard: () => Dashboard): void {
  describe('provide', () => {
    let scratch: string

    beforeAll(async () => {
      scratch = await mkdtemp(join(tmpdir(), 'stoa-provide-'))
    })
    afterAll(async () => {
      await rm(scratch, { recursive: true, force: true })
    })
    afterEach(async () => {
      await fetch(`${dashboard().url}/api/home/draft`, { method: 'DELETE' })
    })

    const CARD = {
      name: 'mine/line',
      task: 'graph',
      profile: 'exact/1',
      title: 'My line reader',
      description: 'Reads one line of text.',
      licence: 'Apache-2.0',
      source: 'PP-OCRv4, converted to exact/1',
      files: ['model.onnx', 'formulas.bin', 'keys.txt'],
    }

    /** A file of the test's own, as a person would have it on disk. */
    async function fileOf(name: string, contents: string | Uint8Array): Promise<string> {
      const path = join(scratch, name)
      await writeFile(path, contents)
      return path
    }

    const filesChooser = (page: Page) => page.getByLabel('Choose files', { exact: true }).and(page.locator('input'))

    async function put(path: string, body: Uint8Array, headers: Record<string, string> = {}) {
      const type = { 'content-type': 'application/octet-stream' }
      return fetch(`${dashboard().url}/api/home/draft${path}`, {
        method: 'PUT',
        headers: { ...type, ...headers },
        body: Buffer.from(body),
      })
    }

    it('goes from a folder’s files to a live, staked offer that is bought from; left and taken up again on the way', async () => {
      const { page, faults, context } = await dashboard().open('/provide')
      const line = join(dashboard().home, 'models', 'stoa-line')
      const card = await fileOf('card.json', JSON.stringify(CARD))
      await filesChooser(page).setInputFiles([...CARD.files.map((file) => join(line, file)), card])
      await page.getByLabel('Files of the model').getByText('keys.txt', { exact: true }).waitFor()
      // The card of the folder fills in the form.
      expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('mine/line')
      await page.getByLabel('Title').fill('')
      await page.getByRole('button', { name: 'Keep the card' }).click()
      await page.getByText('This is needed.').waitFor()
      await page.getByLabel('Title').fill(CARD.title)
      await page.getByLabel('Title').press('Enter')
      await page.getByRole('button', { name: 'Check the model' }).click()
      await page.getByRole('button', { name: 'Publish', exact: true }).waitFor()
      expect(await violationsOf(page)).toEqual([])

      await page.reload()
      await settled(page)
      await page.getByText(/about [\d\s]+ gas/).waitFor()
      await page.getByRole('button', { name: 'Publish', exact: true }).click()
      await page.getByText(/Published as model \d+, for [\d\s]+ gas/).waitFor()

      // Test money for the provider's account, of which a part is staked.
      const stake = page.getByRole('form', { name: 'Stake' })
      const held = () => heldBy(stake, /^May stay empty\. Your provider account holds/)
      const before = await held()
      await stake.getByRole('button', { name: 'Get 100 tUSD' }).click()
      await expect.poll(held).toBe(before + 100_000_000n)
      await stake.getByLabel('Add to the stake').fill('999999999')
      await stake.getByText(/^Your provider account holds .*\.$/).waitFor()
      expect(await stake.getByRole('button', { name: 'Stake', exact: true }).isDisabled()).toBe(true)
      await stake.getByLabel('Add to the stake').fill('40')
      await stake.getByRole('button', { name: 'Stake', exact: true }).click()
      await stake.getByText(/^Staked, for/).waitFor()
      await expect.poll(held).toBe(before + 60_000_000n)
      await page.getByLabel('Price of a million bytes').fill('0.000001')
      await page.getByLabel('Slash cap').fill('1000000')
      await page.getByText('More than the stake').waitFor()
      await page.getByLabel('Slash cap').fill('1')
      expect(await violationsOf(page)).toEqual([])
      // What is foreseen for an exact offer is what it takes, but for the zeros in its amounts.
      const foreseen = await gasIn(page.getByText(/about [\d\s]+ gas/))
      await page.getByRole('button', { name: 'Offer it' }).click()
      await page.getByText('It is in the market').waitFor()
      const taken = await gasIn(page.getByText(/^Offered, for [\d\s]+ gas/))
      expect(Math.abs(foreseen / taken - 1)).toBeLessThan(0.02)
      expect(await violationsOf(page)).toEqual([])
      expect(faults).toEqual([])

      const body = await readFile(new URL('../../apps/cli/assets/line.json', import.meta.url))
      const answer = await fetch(`${dashboard().url}/api/gateway/v2/models/mine%2Fline/infer`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      expect(answer.status).toBe(200)
      await page.getByRole('link', { name: 'See it in the market' }).click()
      await page.getByRole('heading', { level: 1 }).getByText('mine/line').waitFor()
      await context.close()
    })

    it('refuses files that are no model, and takes hostile names and cards for what they are', async () => {
      const { page, faults, context } = await dashboard().open('/provide')
      const files = await Promise.all([
        fileOf('model.onnx', '<script>window.owned=1</script>'),
        fileOf('a\u202egnp.onnx', 'x'),
        fileOf('<img src=x onerror="window.owned=1">', 'x'),
        fileOf('empty.bin', ''),
        fileOf('card.json', JSON.stringify({ ...CARD, profile: undefined, title: '<script>window.owned=1</script>' })),
      ])
      await filesChooser(page).setInputFiles(files)
      await page.getByLabel('Files of the model').getByText('model.onnx', { exact: true }).waitFor()
      // It says so while the others move, and after.
      expect(await page.getByRole('alert').filter({ hasText: 'Left out:' }).locator('li').count()).toBe(3)
      await page.getByRole('button', { name: 'Keep the card' }).click()
      await page.getByRole('button', { name: 'Check the model' }).click()
      const problem = page.getByRole('alert').filter({ hasNotText: 'Left out' })
      await problem.waitFor()
      expect(await page.getByRole('button', { name: 'Publish', exact: true }).count()).toBe(0)
      expect(await page.evaluate(() => 'owned' in globalThis)).toBe(false)
      expect(await page.locator('main script, main img').count()).toBe(0)
      expect(await violationsOf(page)).toEqual([])
      // The browser itself tells of the refusal; nothing else may be wrong.
      expect(faults.filter((fault) => !fault.includes('/api/home/draft/check'))).toEqual([])
      await context.close()
    })

    it('takes only the file that its sender named, by a name that a card can have, from pages of its own', async () => {
      const bytes = new TextEncoder().encode('weights')
      const root = bytesToHex(merkleRoot(bytes))
      const other = bytesToHex(merkleRoot(new Uint8Array(1)))
      expect((await put(`/files/a.bin?root=${other}`, bytes)).status).toBe(422)
      expect((await put(`/files/..%2Fconfig?root=${root}`, bytes)).status).toBe(400)
      expect((await put(`/files/.hidden?root=${root}`, bytes)).status).toBe(400)
      expect((await put('/files/a.bin', bytes)).status).toBe(400)
      expect((await put(`/files/a.bin?root=${root}`, bytes, { 'content-type': 'text/plain' })).status).toBe(400)
      expect((await put(`/files/a.bin?root=${root}`, bytes, { origin: 'https://evil.example' })).status).toBe(403)
      expect(await statusOfPut(`/files/a.bin?root=${root}`, { 'content-length': '99999999999' })).toBe(413)
      const nothing = await (await fetch(`${dashboard().url}/api/home/draft`)).json()
      expect(nothing.files).toEqual([])
      expect((await put(`/files/a.bin?root=${root}`, bytes)).status).toBe(200)
      const draft = await (await fetch(`${dashboard().url}/api/home/draft`)).json()
      expect(draft.files).toEqual([{ path: 'a.bin', bytes: bytes.length, root }])
    })

    /** The answer to headers alone: a length that is refused is refused before a byte comes. */
    function statusOfPut(path: string, headers: Record<string, string>): Promise<number | undefined> {
      return new Promise((resolve, reject) => {
        const all = { 'content-type': 'application/octet-stream', ...headers }
        const call = request(`${dashboard().url}/api/home/draft${path}`, { method: 'PUT', headers: all }, (answer) => {
          resolve(answer.statusCode)
          call.destroy()
        })
        call.once('error', reject)
        call.flushHeaders()
      })
    }

    it('takes steps in their order only', async () => {
      for (const step of ['publish', 'offer']) {
        const terms = {
          publish: { ownerSharePpm: 0, resaleFeeBps: 0 },
          offer: { unit: 'call', price: '1', exposure: '1', slashCap: '1' },
        }
        const answer = await fetch(`${dashboard().url}/api/home/draft/${step}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(terms[step as keyof typeof terms]),
        })
        expect(answer.status).toBe(422)
        expect((await answer.json()).error.code).toBe('draft_incomplete')
      }
    })

    it.each(THEMES)(
      '%s: can be gone through by keyboard, fits on a phone, and axe finds nothing',
      async (colorScheme) => {
        const { page, faults, context } = await dashboard().open('/provide', { colorScheme, ...SIZES.phone })
        expect(await overflowOf(page)).toBeLessThanOrEqual(0)
        expect(await violationsOf(page)).toEqual([])
        await filesChooser(page).focus()
        await page.keyboard.press('Tab')
        expect(
          await page.evaluate(() => (document.activeElement as HTMLInputElement | null)?.labels?.[0]?.textContent),
        ).toBe('Choose a folder')
        await filesChooser(page).setInputFiles([await fileOf('model.onnx', 'not one')])
        await page.getByLabel('Name', { exact: true }).focus()
        for (const text of ['a/b', 'Title']) {
          await page.keyboard.type(text)
          await page.keyboard.press('Tab')
        }
        expect(await page.getByLabel('Title').inputValue()).toBe('Title')
        await page.keyboard.press('Tab')
        await page.keyboard.press('Tab')
        await page.keyboard.type('MIT')
        await page.keyboard.press('Enter')
        await page.getByText('This is needed.').first().waitFor()
        expect(await overflowOf(page)).toBeLessThanOrEqual(0)
        expect(await violationsOf(page)).toEqual([])
        expect(faults).toEqual([])
        await context.close()
      },
    )
  })
}

/** The number before the word "gas". */
async function gasIn(place: Locator): Promise<number> {
  const [, digits = ''] = /([\d\s]+) gas/.exec((await place.textContent()) ?? '') ?? []
  return Number(digits.replace(/\s/g, ''))
}
