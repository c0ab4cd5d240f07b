import { describe, expect, it } from 'vitest'
import { type Dashboard, overflowOf, settled, violationsOf } from './dashboard.ts'
import { PAGES, SIZES } from './pages.ts'

/** Every page, in both themes and at both widths. */
export function pageCases(dashboard: () => Dashboard): void {
  describe('pages', () => {
    it.each(PAGES)(
      '$name: nothing that axe finds in either theme nor on a phone, no error, no violation of the policy',
      async ({ path, act }) => {
        // Without motion, or a change of theme would be looked at half way.
        const options = { colorScheme: 'light', reducedMotion: 'reduce', ...SIZES.desktop } as const
        const { page, faults, context } = await dashboard().open(path, options)
        await act?.(page)
        expect(await violationsOf(page)).toEqual([])
        await page.emulateMedia({ colorScheme: 'dark' })
        expect(await violationsOf(page)).toEqual([])
        await page.setViewportSize(SIZES.phone.viewport)
        await settled(page)
        expect(await overflowOf(page)).toBeLessThanOrEqual(0)
        expect(await violationsOf(page)).toEqual([])
        expect(faults).toEqual([])
        await context.close()
      },
    )
  })
}
