import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Writes the project that Ponder runs, which is four files in a folder of fixed layout and names. They only lead to this package's code, so
 * that Ponder's own files lie in the index's folder, and the code is plain modules that need no generated ones. Ponder tells releases
 * apart by the files' text: `identity` is in it.
 */
export async function writeProject(folder: string, identity: string): Promise<void> {
  const files: Record<string, string> = {
    'ponder.config.ts': `import { indexConfig } from '${code('app/config')}'
import { readSettings } from '${code('app/readSettings')}'
export default indexConfig(readSettings())
`,
    'ponder.schema.ts': `export * from '${code('schema/index')}'
`,
    'src/index.ts': `import { ponder } from 'ponder:registry'
import { indexConfig } from '${code('app/config')}'
import { readSettings } from '${code('app/readSettings')}'
import { register } from '${code('app/register')}'
register(ponder, indexConfig(readSettings()))
`,
    'src/api/index.ts': `import { db } from 'ponder:api'
import { api } from '${code('app/api')}'
export default api(db)
`,
  }
  await mkdir(join(folder, 'src', 'api'), { recursive: true })
  await linkViem(join(folder, 'node_modules'))
  const head = `// Written at every start. Index ${identity}.\n`
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), head + text)))
}

/** Absolute path of a module of this package; it ends as this file does: `.ts` in the sources, `.js` where it is published. */
function code(module: string): string {
  return fileURLToPath(new URL(`../${module}${extname(import.meta.url)}`, import.meta.url)).replaceAll('\\', '/')
}

/** The module `ponder:api` imports viem, and is looked for from the project. */
async function linkViem(modules: string): Promise<void> {
  await rm(modules, { recursive: true, force: true })
  await mkdir(modules)
  const viem = dirname(createRequire(import.meta.url).resolve('viem/package.json'))
  await symlink(viem, join(modules, 'viem'), 'junction')
}
