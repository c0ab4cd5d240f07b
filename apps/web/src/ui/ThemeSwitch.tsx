import { useState } from 'react'
import { Icon, type IconName } from './icons.tsx'

const THEMES = ['system', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]

const ICONS: Readonly<Record<Theme, IconName>> = { system: 'screen', light: 'sun', dark: 'moon' }
/** Also read by public/first.js, before the first paint. */
const KEY = 'stoa.theme'

/** Goes from the system's theme to light, to dark, and back; remembered in this browser. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(rememberedTheme)
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'
  const change = () => {
    setTheme(next)
    if (next === 'system') {
      localStorage.removeItem(KEY)
      delete document.documentElement.dataset.theme
    } else {
      localStorage.setItem(KEY, next)
      document.documentElement.dataset.theme = next
    }
  }
  return (
    <button
      type="button"
      onClick={change}
      aria-label={`Theme: ${theme}. Change to ${next}`}
      title={`Theme: ${theme}`}
      className="inline-flex size-9 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink"
    >
      <Icon name={ICONS[theme]} className="size-5" />
    </button>
  )
}

function rememberedTheme(): Theme {
  // Where the build draws the frame there is no storage; the page itself looks again.
  return THEMES.find((theme) => theme === globalThis.localStorage?.getItem(KEY)) ?? 'system'
}
