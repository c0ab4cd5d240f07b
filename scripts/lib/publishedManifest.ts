import type { ExportTarget, Manifest } from './workspaces.ts'

/** Node versions that run what is published: `node:sqlite` and `await using` as our sources use them. */
const NODE = '>=24'

/**
 * The package.json of the published package: entry points lead to compiled files with their types, packages of this repository are pinned
 * to the exact version they were built and tested with. What a build of its own has bundled is no dependency any more. Entry points for tests and benchmarks stay at home, as their code does.
 *
 * @param versions of all packages of this repository, by name
 */
export function publishedManifest(manifest: Manifest, versions: ReadonlyMap<string, string>): Manifest {
  const { exports, imports, bin, dependencies, devDependencies: _, untyped: __, scripts, ...rest } = manifest
  const pinned = Object.entries(scripts?.build ? {} : (dependencies ?? {})).map(([name, range]) => [
    name,
    versions.get(name) ?? range,
  ])
  return {
    ...rest,
    engines: { node: NODE },
    files: ['dist', 'assets'],
    ...(exports && { exports: mapTarget(withoutTesting(exports), withTypes) }),
    ...(imports && { imports: mapTarget(imports, compiled) }),
    ...(bin && { bin: Object.fromEntries(Object.entries(bin).map(([name, path]) => [name, compiled(path)])) }),
    ...(dependencies && { dependencies: Object.fromEntries(pinned) }),
  }
}

function withoutTesting(exports: ExportTarget): ExportTarget {
  if (typeof exports === 'string') return exports
  const isTesting = (target: ExportTarget) => typeof target === 'string' && target.includes('/testing/')
  return Object.fromEntries(Object.entries(exports).filter(([, target]) => !isTesting(target)))
}

function mapTarget(target: ExportTarget, change: (path: string) => ExportTarget): ExportTarget {
  if (typeof target === 'string') return change(target)
  return Object.fromEntries(Object.entries(target).map(([key, inner]) => [key, mapTarget(inner, change)]))
}

/** `./src/a.ts` → `./dist/a.js`; what is no source of ours stays. */
function compiled(path: string): string {
  return path.replace(/^\.\/src\/(.*)\.ts$/, './dist/$1.js')
}

function withTypes(path: string): ExportTarget {
  const code = compiled(path)
  // TypeScript wants `types` first: conditions are tried in order.
  return code === path ? path : { types: code.replace(/\.js$/, '.d.ts'), default: code }
}
