import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { stoaJson } from '../cli/stoa.ts'
import { type Dashboard, overflowOf, settled, violationsOf } from './dashboard.ts'

/** Sets the mark that no test may find. */
const ATTACK = '<img src=x onerror="window.owned=1"><script>window.owned=1</script>'
const REVERSED = 'safe\u202egnp.exe\u2066'

/** Words of strangers, on every page that shows them: as much of it as the ledger lets through, and more than it would. */
export function hostileCases(dashboard: () => Dashboard): void {
  describe('hostile words', () => {
    it('of a card that was really published are words and nothing else', async () => {
      const { home } = dashboard()
      const modelId = await publishHostile(home)
      const { page, faults, context } = await dashboard().open('/?q=hostile')
      await page.getByRole('link', { name: 'hostile/model' }).click()
      await page.waitForURL(new RegExp(`/models/${modelId}$`))
      await page.getByRole('link', { name: 'Ask it' }).waitFor()
      await settled(page)
      await expectInert(page)
      expect(await page.locator('main').textContent()).toContain('<script>window.owned=1</script>')
      expect(await page.locator('main a[href^="javascript"]').count()).toBe(0)
      expect(await violationsOf(page)).toEqual([])
      expect(faults).toEqual([])
      await context.close()
    })

    it('that no gateway of ours would pass on, from one that does: a name that is markup, 10 MB, turned letters', async () => {
      const { page, faults, context } = await dashboard().open('/network')
      // Read beforehand: a reading under way when the page is closed would be an error of its own.
      const body = await (await fetch(`${dashboard().url}/api/gateway/v1/models`)).json()
      for (const model of body.data) {
        Object.assign(model, { id: `${ATTACK}${REVERSED}${model.stoa.model_id}` })
        Object.assign(model.stoa, { title: `${ATTACK}${'e\u0301\u0301\u0301\u0301\u0301\u0301'.repeat(99)}` })
        Object.assign(model.stoa, { description: ATTACK.repeat(10_000_000 / ATTACK.length / body.data.length) })
      }
      await page.route('**/api/gateway/v1/models', (route) => route.fulfill({ json: body }))
      await page.getByRole('link', { name: 'Market' }).click()
      await page.getByText('<script>window.owned=1</script>').first().waitFor()
      await expectInert(page)
      await page.locator('article h2 a').first().click()
      await page.getByRole('link', { name: 'Ask it' }).waitFor()
      await settled(page)
      await expectInert(page)
      await page.getByRole('link', { name: 'Ask it' }).click()
      await page.getByRole('button', { name: 'Ask and pay' }).waitFor()
      await settled(page)
      await expectInert(page)
      expect(faults).toEqual([])
      await context.close()
    })

    it('in the address are words, too', async () => {
      const { page, faults, context } = await dashboard().open(`/playground?model=${encodeURIComponent(ATTACK)}`)
      await expectInert(page)
      await page.goto(`${dashboard().url}/?q=${encodeURIComponent(ATTACK)}&task=none&sort=1`)
      await settled(page)
      await expectInert(page)
      expect(faults).toEqual([])
      await context.close()
    })
  })
}

async function expectInert(page: Page): Promise<void> {
  expect(await page.evaluate(() => 'owned' in window)).toBe(false)
  expect(await page.evaluate(() => /[\u202a-\u202e\u2066-\u2069]/.test(document.body.textContent))).toBe(false)
  expect(await overflowOf(page)).toBeLessThanOrEqual(0)
}

async function publishHostile(home: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stoa-hostile-'))
  await cp(join(home, 'models', 'stoa-embed-en'), folder, { recursive: true })
  const card = {
    ...{ name: 'hostile/model', task: 'embedding', profile: 'exact/1' },
    title: ATTACK,
    description: `${ATTACK} ${REVERSED} ${'long '.repeat(700)}`,
    licence: `"><svg onload=window.owned=1>`,
    source: 'javascript:window.owned=1',
    languages: [REVERSED],
    metrics: [{ name: ATTACK.slice(0, 80), value: 1, on: REVERSED }],
    files: ['model.onnx', 'vocab.json'],
  }
  await writeFile(join(folder, 'card.json'), JSON.stringify(card))
  const { modelId } = await stoaJson(home, 'publish', folder, '--owner-share', '10')
  await stoaJson(home, 'provide', String(modelId), '--price', '0.5', '--unit', 'token')
  await rm(folder, { recursive: true })
  return String(modelId)
}
