import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Manifest } from 'vite'
import type { Prerendered } from '../src/prerendered.ts'

/** What each page asks for first, besides the home: fetched beside the scripts instead of after them. */
const FIRST_READ: Readonly<Record<string, string>> = {
  market: '/api/gateway/v1/models',
  playground: '/api/gateway/v1/models',
  provide: '/api/home/draft',
  wallet: '/api/gateway/v1/status',
}
const HOME = '/api/home'

/**
 * Makes a file for each page of the dashboard out of the built `index.html`: what can be drawn before any data is in it, and what the page will load is
 * named in it. `page.html` is for every other path. Throws where a page would hold what its policy forbids.
 */
export async function writePages(web: string, site: string): Promise<void> {
  const shell = await readFile(join(site, 'index.html'), 'utf8')
  const manifest: Manifest = JSON.parse(await readFile(join(site, '.vite', 'manifest.json'), 'utf8'))
  for (const { path, title, html } of await prerendered(web)) {
    if (/ style=|<script/.test(html)) throw new Error(`${path} holds a style or a script, which its policy forbids.`)
    const name = path === '/' ? 'market' : path.slice(1)
    // A browser makes few connections to one origin: what takes the home a while comes before two dozen files that are there.
    const links = [...readsOf(name).map(readLink), ...modulesOf(manifest, name).map(moduleLink)]
    const page = shell
      .replace('<title>Stoa</title>', () => `<title>${title}</title>`)
      .replace('<div id="root"></div>', () => `<div id="root">${html}</div>`)
      .replace('</head>', () => `${links.map((link) => `  ${link}\n  `).join('')}</head>`)
    await writeFile(join(site, fileOf(path)), page)
  }
  await rm(join(site, '.vite'), { recursive: true })
}

const fileOf = (path: string) => (path === '/' ? 'index.html' : path === '' ? 'page.html' : `${path.slice(1)}.html`)
const moduleLink = (file: string) => `<link rel="modulepreload" crossorigin href="/${file}">`
// With the mode and credentials of a plain `fetch`, or the browser would ask twice.
const readLink = (url: string) => `<link rel="preload" as="fetch" crossorigin href="${url}">`

function readsOf(name: string): string[] {
  const first = FIRST_READ[name]
  return first === undefined ? [HOME] : [HOME, first]
}

/** Scripts of a page beyond those that the shell names itself. */
function modulesOf(manifest: Manifest, name: string): string[] {
  if (name === '') return []
  const page = `${name.charAt(0).toUpperCase()}${name.slice(1)}Page.tsx`
  const shell = filesFrom(manifest, 'index.html')
  return [...filesFrom(manifest, `src/features/${name}/${page}`)].filter((file) => !shell.has(file))
}

/** A chunk's file and those of all that it imports. Throws where there is no such chunk. */
function filesFrom(manifest: Manifest, key: string, found = new Set<string>()): Set<string> {
  const chunk = manifest[key]
  if (!chunk) throw new Error(`The build has no ${key}.`)
  if (found.has(chunk.file)) return found
  found.add(chunk.file)
  for (const imported of chunk.imports ?? []) filesFrom(manifest, imported, found)
  return found
}

async function prerendered(web: string): Promise<Prerendered[]> {
  // Inside the package, where what it imports is found.
  const folder = await mkdtemp(join(web, 'dist', 'draft-'))
  try {
    await build({
      ...{ root: web, configFile: join(web, 'vite.config.ts'), logLevel: 'error' },
      build: { ssr: 'src/prerender.tsx', outDir: folder, emptyOutDir: false, manifest: false, copyPublicDir: false },
    })
    const built: { prerender(): Prerendered[] } = await import(pathToFileURL(join(folder, 'prerender.js')).href)
    return built.prerender()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
