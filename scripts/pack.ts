/**
 * `npm run pack:all`: compiles every package and packs it into dist/*.tgz, as `npm publish` would send it.
 *
 *     npm run pack:all                    all of them
 *     npm run pack:all -- @stoa/storage   this one and what it depends on
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { packWorkspaces } from './lib/packWorkspaces.ts'
import { ROOT } from './lib/runCommand.ts'

const names = process.argv.slice(2)
const packed = await packWorkspaces(join(ROOT, 'dist'), names.length > 0 ? names : undefined)
for (const { name, version, tarball } of packed) {
  console.log(`${name}@${version}  ${((await stat(tarball)).size / 1024).toFixed(0)} kB  ${tarball}`)
}
