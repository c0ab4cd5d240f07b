import { createMemoryHistory, RouterContextProvider } from '@tanstack/react-router'
import { renderToStaticMarkup } from 'react-dom/server'
import type { Prerendered } from './prerendered.ts'
import { createAppRouter } from './router.tsx'
import { Frame } from './routes/Frame.tsx'
import { NAVIGATION } from './routes/navigation.ts'
import { PageSkeleton } from './ui/PageSkeleton.tsx'

/** The pages that the header leads to, and what is shown for any other: seen as soon as a page's file and its style are there. */
export function prerender(): Prerendered[] {
  const pages = NAVIGATION.map(({ to, label }) => ({ path: to, title: `${label} · Stoa`, html: draw(to) }))
  return [...pages, { path: '', title: 'Stoa', html: draw('/any/other') }]
}

function draw(path: string): string {
  return renderToStaticMarkup(
    <RouterContextProvider router={createAppRouter(createMemoryHistory({ initialEntries: [path] }))}>
      <Frame>
        <PageSkeleton />
      </Frame>
    </RouterContextProvider>,
  )
}
