import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

/** One file of the built dashboard, with what the build compressed it to. */
export type SiteFile = {
  type: string
  raw: Uint8Array<ArrayBuffer>
  br: Uint8Array<ArrayBuffer> | undefined
  gzip: Uint8Array<ArrayBuffer> | undefined
}

/** The built dashboard by URL path. */
export type Site = ReadonlyMap<string, SiteFile>

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Reads a built dashboard into memory, a few MB: a later build may remove the folder while this one is served. */
export async function readSite(folder: string): Promise<Site> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const optional = (path: string) => (paths.includes(path) ? readFile(path) : undefined)
  const files = paths.flatMap((path) => {
    const type = TYPES[extname(path)]
    return type ? [{ path, type }] : []
  })
  return new Map(
    await Promise.all(
      files.map(async ({ path, type }): Promise<[string, SiteFile]> => {
        const [raw, br, gzip] = await Promise.all([readFile(path), optional(`${path}.br`), optional(`${path}.gz`)])
        return [`/${relative(folder, path).split(sep).join('/')}`, { type, raw, br, gzip }]
      }),
    ),
  )
}
