import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')

type Cruise = {
  modules: { source: string; dependencies: { module: string; resolved: string }[] }[]
  summary: { violations: { rule: { name: string }; from: string; to: string }[] }
}

/** Runs the rules over a tree, as `npm run lint` does. */
async function cruise(tree: string): Promise<Cruise> {
  const binary = join(ROOT, 'node_modules/.bin/depcruise')
  const args = [binary, '--config', join(ROOT, '.dependency-cruiser.mjs'), '--output-type', 'json', '.']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: tree, maxBuffer: 1 << 28 })
  return JSON.parse(stdout)
}

const violationsOf = ({ summary }: Cruise) =>
  summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort()

/** A tree of its own with the given files, in which each package can be imported by name. */
async function treeOf(files: Record<string, string>): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), 'stoa-rules-'))
  onTestFinished(() => rm(tree, { recursive: true, force: true }))
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(tree, path)), { recursive: true })
    await writeFile(join(tree, path), text)
  }
  await write('tsconfig.json', await readFile(join(ROOT, 'tsconfig.json'), 'utf8'))
  await write(
    'package.json',
    JSON.stringify({ type: 'module', workspaces: ['packages/*', 'apps/*'], devDependencies: { vitest: '*' } }),
  )
  await mkdir(join(tree, 'node_modules/@stoa'), { recursive: true })
  await mkdir(join(tree, 'node_modules/vitest'))
  await write('node_modules/vitest/package.json', JSON.stringify({ name: 'vitest', exports: './index.js' }))
  await write('node_modules/vitest/index.js', '')

  const rooms = new Set(Object.keys(files).flatMap((path) => path.match(/^(packages|apps)\/[^/]+/)?.[0] ?? []))
  for (const room of rooms) {
    const name = room.split('/')[1]
    const imports = { '#hash': { node: './src/node/hash.ts', default: './src/hash.ts' } }
    await write(
      `${room}/package.json`,
      JSON.stringify({ name: `@stoa/${name}`, type: 'module', exports: './src/index.ts', imports }),
    )
    if (!files[`${room}/src/index.ts`]) await write(`${room}/src/index.ts`, 'export {}')
    await symlink(join(tree, room), join(tree, 'node_modules/@stoa', String(name)))
  }
  for (const [path, text] of Object.entries(files)) await write(path, text)
  return tree
}

test('what is allowed passes', async () => {
  const tree = await treeOf({
    'packages/protocol/src/index.ts': "export { hash } from '#hash'",
    'packages/protocol/src/hash.ts': 'export const hash = 1',
    'packages/protocol/src/node/hash.ts': "import 'node:crypto'\nexport const hash = 1",
    'packages/sdk/src/index.ts': "export type { hash } from '@stoa/protocol'",
    'packages/sdk/src/deposit.test.ts': "import '@stoa/localnet'\nimport 'node:fs'\nimport 'vitest'",
    'packages/localnet/src/index.ts': "import '@stoa/sdk'\nimport '@stoa/protocol'",
    'packages/engine/src/index.ts': "import '@stoa/protocol'",
    'packages/storage/src/index.ts': "import '@stoa/protocol'\nimport 'node:fs'",
    'packages/node/src/index.ts': "import '@stoa/engine'\nimport '@stoa/storage'\nimport '@stoa/sdk'",
    'packages/gateway/src/index.ts': "import '@stoa/engine'\nimport '@stoa/storage'\nimport '@stoa/sdk'",
    'apps/cli/src/index.ts': "import '@stoa/node'\nimport '@stoa/gateway'\nimport '@stoa/localnet'",
    'e2e/buy.test.ts': "import '@stoa/localnet'\nimport './help.ts'",
    'e2e/help.ts': 'export {}',
    'benchmarks/main.ts': "import '@stoa/gateway'",
  })
  expect(violationsOf(await cruise(tree))).toEqual([])
})

test('each rule bites', async () => {
  const tree = await treeOf({
    'packages/protocol/src/up.ts': "import '@stoa/storage'",
    'packages/protocol/src/crypto.ts': "import 'node:crypto'",
    'packages/protocol/src/hash.ts': "import './node/hash.ts'",
    'packages/protocol/src/node/hash.ts': 'export {}',
    'packages/sdk/src/files.ts': "import type { Stats } from 'node:fs'\nexport type { Stats }",
    'packages/sdk/src/chain.ts': "import '@stoa/localnet'",
    'packages/engine/src/up.ts': "import type {} from '@stoa/gateway'",
    'packages/storage/src/side.ts': "import '@stoa/engine'",
    'packages/storage/src/side.test.ts': "import '@stoa/node'",
    'packages/localnet/src/index.ts': "import '@stoa/storage'",
    'packages/gateway/src/seller.ts': "import '@stoa/node'",
    'packages/gateway/src/a.ts': "import type { B } from './b.ts'\nexport type A = B",
    'packages/gateway/src/b.ts': "import type { A } from './a.ts'\nexport type B = A",
    'packages/node/src/buyer.ts': "import '@stoa/gateway'",
    'packages/node/src/reach.ts': "import '../../storage/src/index.ts'",
    'packages/node/src/app.ts': "import '@stoa/cli'",
    'packages/node/src/shared.case.ts': 'export {}',
    'packages/node/src/product.ts': "import './shared.case.ts'",
    'packages/node/src/undeclared.ts': "import 'vitest'",
    'packages/node/src/lost.ts': "import './nowhere.ts'",
    'packages/newcomer/src/index.ts': "import '@stoa/protocol'",
    'apps/cli/src/index.ts': 'export {}',
    'apps/web/src/index.ts': "import '@stoa/cli'",
    'examples/buy.ts': "import '@stoa/localnet'",
    'e2e/reach.test.ts': "import '../packages/node/src/index.ts'",
  })
  const violations = violationsOf(await cruise(tree))
  expect(violations).toMatchInlineSnapshot(`
    [
      "browser-safe: packages/protocol/src/crypto.ts → crypto",
      "browser-safe: packages/sdk/src/files.ts → fs",
      "declared-dependencies: packages/node/src/undeclared.ts → node_modules/vitest/index.js",
      "layers-engine: packages/engine/src/up.ts → packages/gateway/src/index.ts",
      "layers-gateway: packages/gateway/src/seller.ts → packages/node/src/index.ts",
      "layers-localnet: packages/localnet/src/index.ts → packages/storage/src/index.ts",
      "layers-node: packages/node/src/buyer.ts → packages/gateway/src/index.ts",
      "layers-protocol: packages/protocol/src/up.ts → packages/storage/src/index.ts",
      "layers-sdk: packages/sdk/src/chain.ts → packages/localnet/src/index.ts",
      "layers-storage-tests: packages/storage/src/side.test.ts → packages/node/src/index.ts",
      "layers-storage: packages/storage/src/side.ts → packages/engine/src/index.ts",
      "layers-unknown-package: packages/newcomer/src/index.ts → packages/protocol/src/index.ts",
      "localnet-is-for-composition: examples/buy.ts → packages/localnet/src/index.ts",
      "no-cycles: packages/gateway/src/a.ts → packages/gateway/src/b.ts",
      "no-import-of-apps: apps/web/src/index.ts → apps/cli/src/index.ts",
      "no-import-of-apps: packages/node/src/app.ts → apps/cli/src/index.ts",
      "no-import-of-node-folders: packages/protocol/src/hash.ts → packages/protocol/src/node/hash.ts",
      "no-relative-imports-across-packages: e2e/reach.test.ts → packages/node/src/index.ts",
      "no-relative-imports-across-packages: packages/node/src/reach.ts → packages/storage/src/index.ts",
      "no-test-code-in-products: packages/node/src/product.ts → packages/node/src/shared.case.ts",
      "resolvable: packages/node/src/lost.ts → ./nowhere.ts",
    ]
  `)
})

test('the tree keeps the rules, and every package declares the packages it imports', async () => {
  const result = await cruise(ROOT)
  expect(violationsOf(result)).toEqual([])

  const undeclared = new Set<string>()
  for (const { source, dependencies } of result.modules) {
    const room = source.match(/^(packages|apps)\/[^/]+/)?.[0]
    // Tests may have a chain without declaring it: declaring would make sdk and localnet depend on each other.
    if (!room || /\.(test|case|bench)\.ts$|\/(testing|reference)\//.test(source)) continue
    const manifest = JSON.parse(await readFile(join(ROOT, room, 'package.json'), 'utf8'))
    for (const { module } of dependencies) {
      const name = module.match(/^@stoa\/[^/]+/)?.[0]
      if (name && name !== manifest.name && !manifest.dependencies?.[name]) undeclared.add(`${room} → ${name}`)
    }
  }
  expect([...undeclared]).toEqual([])
})
