import { createMemoryHistory, RouterContextProvider } from '@tanstack/react-router'
import { renderToStaticMarkup } from 'react-dom/server'
import { createAppRouter } from './router.tsx'
import { Frame } from './routes/Frame.tsx'
import { NAVIGATION } from './routes/navigation.ts'
import { PageSkeleton } from './ui/PageSkeleton.tsx'

/** A page as it is before any data, for the build to put into its file: it is seen as soon as the file and its style are there. */
export type Prerendered = { path: string; title: string; html: string }

/** The pages that the header leads to, and, with an empty path, what is shown for any other. */
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
