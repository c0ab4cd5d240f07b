import { Link, useLocation } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { cx } from '../lib/cx.ts'
import { Icon } from '../ui/icons.tsx'
import { ThemeSwitch } from '../ui/ThemeSwitch.tsx'
import { NAVIGATION } from './navigation.ts'

/** What surrounds every page: the way to the others, and the theme. Drawn before any data is there, and by the build, into the page's file. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="absolute left-2 top-2 z-50 -translate-y-16 rounded-md bg-accent px-4 py-2 text-on-accent focus:translate-y-0"
      >
        Skip to the page
      </a>
      <Header />
      {children}
    </div>
  )
}

function Header() {
  const { pathname } = useLocation()
  const [isOpen, setOpen] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the menu, whatever led there.
  useEffect(() => setOpen(false), [pathname])
  return (
    <header className="border-b border-line bg-paper">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-6 px-4 py-2.5 sm:px-6">
        <Link to="/" className="flex items-center gap-2 text-ink">
          <Icon name="columns" className="size-6 text-accent" />
          <span className="heading text-xl">Stoa</span>
        </Link>
        <div className="ml-auto flex items-center md:order-last">
          <ThemeSwitch />
          <button
            type="button"
            aria-expanded={isOpen}
            aria-controls="navigation"
            onClick={() => setOpen(!isOpen)}
            onKeyDown={({ key }) => key === 'Escape' && setOpen(false)}
            className="inline-flex size-9 items-center justify-center rounded-md text-ink hover:bg-sunken md:hidden"
          >
            <Icon name={isOpen ? 'cross' : 'menu'} className="size-5" />
            <span className="sr-only">Menu</span>
          </button>
        </div>
        <nav id="navigation" aria-label="Pages" className={cx('w-full md:block md:w-auto', !isOpen && 'hidden')}>
          <ul className="flex flex-col gap-1 py-2 md:flex-row md:py-0">
            {NAVIGATION.map(({ to, label, icon }) => (
              <li key={to}>
                <Link
                  to={to}
                  activeOptions={{ exact: to === '/', includeSearch: false }}
                  className="flex items-center gap-2 rounded-md px-3 py-2 text-muted md:px-2 lg:px-3 hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent-strong md:py-1.5"
                >
                  <Icon name={icon} className="size-5 md:hidden" />
                  {label}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      </div>
    </header>
  )
}
