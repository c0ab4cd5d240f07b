// What npm would publish, installed into an empty project of a stranger.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PackedPackage, packWorkspaces } from '../../scripts/lib/packWorkspaces.ts'
import { ROOT } from '../../scripts/lib/runCommand.ts'
import { listWorkspaces, type Manifest } from '../../scripts/lib/workspaces.ts'

const run = promisify(execFile)

let project: string
let packed: PackedPackage[]

/** Runs a program in the stranger's project; its output, or an error that shows it. */
async function inProject(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(program, args, { cwd: project, maxBuffer: 1 << 26 })
  return stdout
}

async function installed(name: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(project, 'node_modules', name, 'package.json'), 'utf8'))
}

const isCode = (path: string) => !path.endsWith('.json')

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'stoa-stranger-'))
  packed = await packWorkspaces(join(project, 'tarballs'))
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  // No scripts of other packages: what they fetch at install time is theirs, and nothing of ours needs it.
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  await inProject('npm', 'install', ...flags, ...packed.map(({ tarball }) => tarball))
})

afterAll(() => rm(project, { recursive: true, force: true }))

test('every package and app of the repository is packed', () => {
  expect(packed.map(({ name }) => name)).toEqual(listWorkspaces(ROOT).map(({ manifest }) => manifest.name))
  expect(packed.length).toBeGreaterThan(0)
})

test('every entry point of every package can be imported, and has types', async () => {
  const specifiers: string[] = []
  for (const { name } of packed) {
    const { exports = {}, bin } = await installed(name)
    // Importing a command runs it; commands are run below.
    if (!bin)
      specifiers.push(
        ...Object.keys(exports)
          .filter(isCode)
          .map((path) => name + path.slice(1)),
      )
  }
  const imports = specifiers.map((specifier, index) => `import * as entry${index} from '${specifier}'`)
  const uses = specifiers.map(
    (_, index) => `if (Object.keys(entry${index}).length === 0) throw new Error('entry${index}')`,
  )
  await writeFile(join(project, 'all.ts'), [...imports, ...uses].join('\n'))
  await inProject(process.execPath, 'all.ts')
  // Not skipping the declarations of libraries: ours are among them.
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--skipLibCheck',
    'false',
    '--ignoreConfig',
  ]
  const types = [
    '--lib',
    'es2024,esnext.disposable,dom,dom.iterable',
    '--types',
    'node',
    '--typeRoots',
    join(ROOT, 'node_modules/@types'),
  ]
  await inProject(join(ROOT, 'node_modules/.bin/tsc'), ...options, ...types, 'all.ts')
})

test('nothing but what a product needs is in the packages', async () => {
  for (const { name, tarball } of packed) {
    const files = (await inProject('tar', 'tzf', tarball)).trim().split('\n')
    const strange = files.filter(
      (file) =>
        !/^package\/(dist\/.*\.(d\.ts|js|json|wasm)|dist\/([a-z]+\.html|icon\.svg|assets\/.*\.css)(\.br|\.gz)?|dist\/assets\/.*\.js\.(br|gz)|assets\/.*|package\.json|README\.md|LICENSE)$/.test(
          file,
        ),
    )
    expect(strange, name).toEqual([])
    expect(
      files.filter((file) => /\.(test|case|bench)\./.test(file)),
      name,
    ).toEqual([])
  }
})

test('the stoa command says what it can do and which version it is', async () => {
  const help = await inProject('npx', '--no', '--', 'stoa', '--help')
  for (const command of ['up', 'infer', 'deposit', 'receipts', 'doctor']) expect(help).toContain(command)
  const { version } = await installed('@stoa/cli')
  expect((await inProject('npx', '--no', '--', 'stoa', '--version')).trim()).toBe(version)
})
