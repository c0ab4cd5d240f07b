import { Outlet, useLocation } from '@tanstack/react-router'
import { Suspense, useEffect, useRef } from 'react'
import { useHome } from '../data/home.ts'
import { focusSearch } from '../lib/focusSearch.ts'
import { PageSkeleton } from '../ui/PageSkeleton.tsx'
import { Frame } from './Frame.tsx'

/** Every page in its frame. */
export function Shell() {
  useEffect(() => {
    document.addEventListener('keydown', focusSearch)
    return () => document.removeEventListener('keydown', focusSearch)
  }, [])
  return (
    <Frame>
      <Suspense fallback={<PageSkeleton />}>
        <KnownHome />
      </Suspense>
    </Frame>
  )
}

/** Pages take the home for granted: nothing of them can be shown without it. */
function KnownHome() {
  useHome()
  useFocusOnNewPage()
  return <Outlet />
}

/** A reader of the screen hears the new page, and Tab goes on from its beginning. */
function useFocusOnNewPage(): void {
  const { pathname } = useLocation()
  const before = useRef(pathname)
  useEffect(() => {
    if (before.current === pathname) return
    before.current = pathname
    const page = document.getElementById('content')
    page?.setAttribute('tabindex', '-1')
    page?.focus({ preventScroll: true })
  }, [pathname])
}
