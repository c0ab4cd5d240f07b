import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { homeQuery } from './data/home.ts'
import { createAppRouter, queryClient } from './router.tsx'
import './styles.css'

const element = document.getElementById('root')
if (!element) throw new Error('index.html has no #root.')
const root = createRoot(element)
const router = createAppRouter()

// What the build drew into the file stays until the page itself, and the home that every page needs, are here: nothing flickers between. Not awaited: chunks of
// pages import this module, and would wait for it.
void Promise.all([router.load(), queryClient.prefetchQuery(homeQuery)]).then(() =>
  root.render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  ),
)
