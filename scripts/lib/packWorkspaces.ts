import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { publishedManifest } from './publishedManifest.ts'
import { ROOT, runCommand } from './runCommand.ts'
import { closureOf, listWorkspaces, type Workspace } from './workspaces.ts'

/** Tests and what only they use; the same as in .dependency-cruiser.mjs, which keeps products from importing them. */
const NOT_PUBLISHED = ['**/*.test.ts', '**/*.case.ts', '**/*.bench.ts', '**/testing/**', '**/reference/**']

export type PackedPackage = { name: string; version: string; tarball: string }

/**
 * Compiles packages and packs each into a tarball as npm would publish it. Node runs our sources by stripping types, but not under
 * node_modules: what is published needs JavaScript.
 *
 * @param out folder for the tarballs
 * @param names packages to pack with all that they depend on; default: every package and app
 * @returns dependencies first
 */
export async function packWorkspaces(out: string, names?: readonly string[]): Promise<PackedPackage[]> {
  const all = listWorkspaces(ROOT)
  const wanted = names ? closureOf(all, names) : all
  const versions = new Map(all.map(({ manifest }) => [manifest.name, manifest.version]))
  const staging = await mkdtemp(join(tmpdir(), 'stoa-pack-'))
  try {
    await mkdir(out, { recursive: true })
    await compile(
      wanted.filter(({ manifest }) => !manifest.scripts?.build),
      staging,
    )
    const packed: PackedPackage[] = []
    for (const workspace of wanted) packed.push(await pack(workspace, staging, versions, out))
    return packed
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** One program for all, so that every type is checked once; files land in `staging` under their paths in the repository. */
async function compile(workspaces: readonly Workspace[], staging: string): Promise<void> {
  const config = join(staging, 'tsconfig.json')
  const sources = workspaces.map(({ folder }) => join(folder, 'src'))
  const untyped = workspaces.flatMap(({ folder, manifest }) =>
    (manifest.untyped ?? []).map((path) => join(folder, path)),
  )
  const compilerOptions = {
    noEmit: false,
    noEmitOnError: true,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    rootDir: ROOT,
    outDir: staging,
    typeRoots: [join(ROOT, 'node_modules/@types')],
  }
  const exclude = sources.flatMap((folder) => NOT_PUBLISHED.map((pattern) => join(folder, pattern)))
  const base = { extends: join(ROOT, 'tsconfig.json') }
  const run = async (program: object) => {
    await writeFile(config, JSON.stringify({ ...base, ...program }))
    const { ok, output } = await runCommand({ program: 'tsc', args: ['--project', config] })
    if (!ok) throw new Error(`The packages do not compile:\n${output}`)
  }
  await run({ compilerOptions, include: sources, exclude: [...exclude, ...untyped] })
  const plain = { ...compilerOptions, declaration: false }
  if (untyped.length > 0) await run({ compilerOptions: plain, include: untyped, exclude })
}

/** Runs a package's own build, which says in its last line in which folder the result is. */
async function buildOf(folder: string, name: string): Promise<string> {
  const { ok, output } = await runCommand({
    program: 'npm',
    args: ['run', '--silent', 'build'],
    folder: relative(ROOT, folder),
  })
  if (!ok) throw new Error(`${name} can't be built:\n${output}`)
  return output.trim().split('\n').at(-1) ?? ''
}

async function pack(
  { folder, manifest }: Workspace,
  staging: string,
  versions: ReadonlyMap<string, string>,
  out: string,
): Promise<PackedPackage> {
  const compiled = manifest.scripts?.build
    ? await buildOf(folder, manifest.name)
    : join(staging, relative(ROOT, folder), 'src')
  const target = join(staging, 'packages-to-publish', manifest.name)
  await mkdir(target, { recursive: true })
  await cp(compiled, join(target, 'dist'), { recursive: true })
  await cp(join(folder, 'assets'), join(target, 'assets'), { recursive: true }).catch(ignoreMissing)
  for (const file of ['README.md', 'LICENSE']) await cp(join(ROOT, file), join(target, file)).catch(ignoreMissing)
  await writeFile(join(target, 'package.json'), JSON.stringify(publishedManifest(manifest, versions), null, 2))
  const { ok, output } = await runCommand({
    program: 'npm',
    args: ['pack', target, '--pack-destination', out, '--silent', '--ignore-scripts'],
  })
  if (!ok) throw new Error(`npm cannot pack ${manifest.name}:\n${output}`)
  const file = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`
  return { name: manifest.name, version: manifest.version, tarball: join(out, file) }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
