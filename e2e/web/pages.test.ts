// Every page, in both themes and at both widths, on the real stack.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Dashboard, openDashboard, overflowOf, START_TIMEOUT, violationsOf } from './dashboard.ts'
import { figureCases } from './figures.case.ts'
import { habitCases } from './habits.case.ts'
import { hostileCases } from './hostile.case.ts'
import { PAGES, SIZES, THEMES } from './pages.ts'

let dashboard: Dashboard

beforeAll(async () => {
  dashboard = await openDashboard()
}, START_TIMEOUT)
afterAll(() => dashboard?.close())

it.each(PAGES.flatMap(({ path }) => THEMES.map((theme) => ({ path, theme }))))(
  '$path, $theme: nothing that axe finds, no error, no violation of the policy',
  async ({ path, theme }) => {
    const { page, faults, context } = await dashboard.open(path, { colorScheme: theme, ...SIZES.desktop })
    expect(await violationsOf(page)).toEqual([])
    expect(faults).toEqual([])
    await context.close()
  },
)

it.each(PAGES)('$path fits on a phone', async ({ path }) => {
  const { page, faults, context } = await dashboard.open(path, SIZES.phone)
  expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  expect(await violationsOf(page)).toEqual([])
  expect(faults).toEqual([])
  await context.close()
})

habitCases(() => dashboard)
figureCases(() => dashboard)
// Last, for it leaves a model behind.
hostileCases(() => dashboard)
