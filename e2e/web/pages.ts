/** Every page of the dashboard, by a name for its picture. */
export const PAGES: readonly { name: string; path: string }[] = [
  { name: 'market', path: '/' },
  { name: 'network', path: '/network' },
  { name: 'not-found', path: '/no/such/page' },
]

export const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 375, height: 760 } } as const
export const THEMES = ['light', 'dark'] as const
