import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Dashboard, overflowOf, settled, violationsOf } from './dashboard.ts'
import { findingsOf } from './findingsOf.ts'
import { SIZES } from './pages.ts'
import { startChatServer } from './startChatServer.ts'

const KEY = 'sk-nobody-else-sees-this'

/** From a server's URL to an offer that strangers buy from, and a text that is shown while it comes. */
export function provideServerCases(dashboard: () => Dashboard): void {
  describe('provide, a server by URL', () => {
    afterEach(async () => {
      await fetch(`${dashboard().url}/api/home/draft`, { method: 'DELETE' })
    })

    it('goes from a URL to a live, staked offer; its answers show as they come, and are checked when they are whole', async () => {
      const server = await startChatServer(KEY)
      const { page, faults, context } = await dashboard().open('/provide')
      await page.getByRole('tab', { name: 'A server by URL' }).click()
      const form = page.getByRole('form', { name: 'Server' })
      await form.getByLabel('URL').fill('nowhere')
      await page.getByText('Give a URL with http').waitFor()
      await form.getByLabel('URL').fill(server.url)
      await form.getByLabel('Model').fill('gpt-9')
      await form.getByLabel('Key').fill(KEY)
      await form.getByRole('button', { name: 'Ask the server' }).click()
      await page.getByRole('alert').getByText('it has no model "gpt-9"').waitFor()
      expect(await violationsOf(page)).toEqual([])
      await form.getByLabel('Model').fill('held')
      await form.getByLabel('Tools').check()
      await form.getByRole('button', { name: 'Ask the server' }).click()
      await page.getByText('speaks OpenAI’s API, takes your key').waitFor()

      // The card is filled in with what is known, and can be changed.
      await page.getByRole('button', { name: 'Change', exact: true }).click()
      await page.getByLabel('Name', { exact: true }).fill('mine/held')
      await page.getByRole('button', { name: 'Keep the card' }).click()
      await page.getByRole('button', { name: 'Check the model' }).click()
      await page.getByRole('button', { name: 'Publish', exact: true }).click()
      await page.getByText(/Published as model \d+/).waitFor()
      await page.getByLabel('Price of a million tokens').fill('2')
      expect(await violationsOf(page)).toEqual([])
      await page.getByRole('button', { name: 'Offer it' }).click()
      await page.getByText('It is in the market').waitFor()

      await page.getByRole('link', { name: 'Ask it' }).click()
      await settled(page)
      const words = Array.from({ length: 300 }, (_, i) => `word${i}`).join(' ')
      await page.getByLabel('Message').fill(words)
      await page.getByLabel('Tokens, at most').fill('1000')
      await page.getByRole('button', { name: 'Ask and pay' }).click()
      await page.getByText('not checked yet').waitFor()
      await page.locator('.whitespace-pre-wrap', { hasText: 'word7' }).waitFor()
      expect(await page.locator('.whitespace-pre-wrap').textContent()).not.toContain('word8')
      await server.goOn()
      await page.getByText(/\d+ tokens;/).waitFor()
      expect(await page.locator('.whitespace-pre-wrap').textContent()).toContain(words)
      expect(await page.getByText('not checked yet').count()).toBe(0)
      expect(await findingsOf(page)).toMatchObject({ Digest: 'right', Signature: 'right', Charge: 'right' })
      // The refusal of a model that is not there is told by the browser, too.
      expect(faults.filter((fault) => !fault.includes('/api/home/draft/upstream'))).toEqual([])
      await context.close()

      // The key is in a file of the home, and nowhere that a page, or the configuration, could show it.
      const draft = await (await fetch(`${dashboard().url}/api/home/draft`)).text()
      const config = await readFile(join(dashboard().home, 'stoa.json'), 'utf8')
      expect(draft).not.toContain(KEY)
      expect(await keysOf(dashboard().home)).toContain(KEY)
      expect(config).not.toContain(KEY)
      expect(config).toContain(server.url)

      // A server that dies in the middle: what came of it stays, and says that nothing proves it.
      const { page: after, context: other } = await dashboard().open('/playground?model=mine%2Fheld')
      await after.getByLabel('Message').fill(words)
      await after.getByLabel('Tokens, at most').fill('1000')
      await after.getByRole('button', { name: 'Ask and pay' }).click()
      await after.getByText('not checked yet').waitFor()
      await server.end()
      await after.getByText('It broke off').waitFor()
      await after.getByRole('alert').waitFor()
      expect(await violationsOf(after)).toEqual([])
      await other.close()
    })

    it('forgets the key of a server with the draft, or when another server takes its place', async () => {
      const server = await startChatServer(KEY)
      const { home } = dashboard()
      const before = await keysOf(home)
      const { page, faults, context } = await dashboard().open('/provide')
      await page.getByRole('tab', { name: 'A server by URL' }).click()
      const form = page.getByRole('form', { name: 'Server' })
      await form.getByLabel('URL').fill(server.url)
      await form.getByLabel('Model').fill('echo')
      await form.getByLabel('Key').fill(KEY)
      await form.getByRole('button', { name: 'Ask the server' }).click()
      await page.getByText('takes your key').waitFor()
      expect(await keysOf(home)).toEqual([...before, KEY])
      await page.getByRole('button', { name: 'Begin anew' }).click()
      await page.getByRole('tab', { name: 'A server by URL' }).waitFor()
      expect(await keysOf(home)).toEqual(before)

      for (const model of ['echo', 'slow']) {
        const body = JSON.stringify({ url: server.url, model, key: KEY })
        const init = { method: 'PUT', headers: { 'content-type': 'application/json' }, body }
        expect((await fetch(`${dashboard().url}/api/home/draft/upstream`, init)).status).toBe(200)
        expect(await keysOf(home)).toEqual([...before, KEY])
      }
      expect(faults).toEqual([])
      await context.close()
      await server.end()
    })

    it('says what a server that is not there did, and fits a phone', async () => {
      const { page, context } = await dashboard().open('/provide', SIZES.phone)
      await page.getByRole('tab', { name: 'A server by URL' }).click()
      const form = page.getByRole('form', { name: 'Server' })
      await form.getByLabel('URL').fill('http://127.0.0.1:9/v1')
      await form.getByLabel('Model').fill('any')
      await page.keyboard.press('Enter')
      await page
        .getByRole('alert')
        .getByText('This upstream can’t be used')
        .or(page.getByRole('alert').getByText("This upstream can't be used"))
        .waitFor()
      expect(await overflowOf(page)).toBeLessThanOrEqual(0)
      expect(await violationsOf(page)).toEqual([])
      await context.close()
    })
  })
}

/** Keys of servers that a home keeps. */
async function keysOf(home: string): Promise<string[]> {
  const folder = join(home, 'upstreams')
  const names = await readdir(folder).catch(() => [])
  return Promise.all(names.map(async (name) => (await readFile(join(folder, name), 'utf8')).trim()))
}
