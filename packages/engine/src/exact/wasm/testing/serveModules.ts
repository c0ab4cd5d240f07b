import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'

const ROOT = new URL('../../../../../../', import.meta.url)

/** What a bundler would find for imports by name. */
const NAMED: Readonly<Record<string, string>> = {
  '@stoa/protocol': '/packages/protocol/src/index.ts',
  '#keccak256': '/packages/protocol/src/digests/keccak256.ts',
  '#sha256': '/packages/protocol/src/digests/sha256.ts',
  zod: '/node_modules/zod/index.js',
}

export type Site = { readonly url: string; readonly reported: Promise<string>; close(): void }

/**
 * Serves the sources to a browser as modules, under headers that let memory be shared, with a page that runs `script`. `reported` is what the
 * page sends to `/report`.
 */
export async function serveModules(script: string): Promise<Site> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    response.setHeader('cross-origin-opener-policy', 'same-origin')
    response.setHeader('cross-origin-embedder-policy', 'require-corp')
    if (path === '/report') {
      let body = ''
      for await (const part of request) body += part
      resolve(body)
      return response.end()
    }
    if (path === '/') {
      response.setHeader('content-type', 'text/html')
      return response.end(`<!doctype html><script type="module">${script}</script>`)
    }
    try {
      response.setHeader('content-type', 'text/javascript')
      response.end(await moduleAt(path))
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    reported: promise,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function moduleAt(path: string): Promise<string> {
  const file = new URL(`.${path}`, ROOT)
  const text = await readFile(file, 'utf8')
  const code = path.endsWith('.ts') ? stripTypeScriptTypes(text) : text
  return code.replace(/(\bfrom\s*|\bimport\s*)(['"])([@#\w][^'"]*)\2/g, (whole, word: string, _, name: string) => {
    const found = NAMED[name] ?? (name.startsWith('@noble/') ? packaged(name, file) : undefined)
    return found ? `${word}'${found}'` : whole
  })
}

/** Path of a package's file, of the version that the importing file gets. */
function packaged(name: string, importer: URL): string {
  const found = pathToFileURL(createRequire(importer).resolve(name))
  return `/${found.href.slice(ROOT.href.length)}`
}
