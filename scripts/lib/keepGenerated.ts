import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')
const FOLDER = 'packages/protocol/src/generated'

/**
 * Writes files, by name, into the folder of what is generated and committed. With `--check` among the arguments of the process it names
 * those that are not what they should be instead, and the command that writes them, and the process will exit with 1.
 */
export function keepGenerated(files: Readonly<Record<string, string>>, command: string): void {
  const named = Object.entries(files).map(([name, content]) => ({ name: `${FOLDER}/${name}`, content }))
  if (!process.argv.includes('--check')) {
    for (const { name, content } of named) writeFileSync(join(ROOT, name), content)
    return
  }
  const stale = named.filter(({ name, content }) => {
    const path = join(ROOT, name)
    return !existsSync(path) || readFileSync(path, 'utf8') !== content
  })
  if (stale.length === 0) return
  for (const { name } of stale) console.error(`${name} does not match its sources.`)
  console.error(`Run \`${command}\` and commit the result.`)
  process.exitCode = 1
}
