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

it.each(PAGES.flatMap((shown) => THEMES.map((theme) => ({ ...shown, theme }))))(
  '$name, $theme: nothing that axe finds, no error, no violation of the policy',
  async ({ path, theme, act }) => {
    const { page, faults, context } = await dashboard.open(path, { colorScheme: theme, ...SIZES.desktop })
    await act?.(page)
    expect(await violationsOf(page)).toEqual([])
    expect(faults).toEqual([])
    await context.close()
  },
)

it.each(PAGES)('$name fits on a phone', async ({ path, act }) => {
  const { page, faults, context } = await dashboard.open(path, SIZES.phone)
  await act?.(page)
  expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  expect(await violationsOf(page)).toEqual([])
  expect(faults).toEqual([])
  await context.close()
})

habitCases(() => dashboard)
figureCases(() => dashboard)
// Last, for it leaves a model behind.
hostileCases(() => dashboard)
