import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The parts of a package.json that packing reads or rewrites. */
export type Manifest = {
  name: string
  version: string
  scripts?: Record<string, string>
  exports?: ExportTarget
  imports?: ExportTarget
  bin?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  /** Folders of which nothing is imported by others, and whose types, inferred from a dependency's unexported ones, can't be declared. */
  untyped?: string[]
  [other: string]: unknown
}

/** A path, or paths by sub-path or condition (Node's "exports" and "imports"). */
export type ExportTarget = string | { [key: string]: ExportTarget }

export type Workspace = { folder: string; manifest: Manifest }

/** Every package and app of the repository, those that others depend on first. */
export function listWorkspaces(root: string): Workspace[] {
  const found = globSync(['packages/*/package.json', 'apps/*/package.json'], { cwd: root })
    .sort()
    .map((path) => join(root, path))
    .map((path): Workspace => ({ folder: join(path, '..'), manifest: JSON.parse(readFileSync(path, 'utf8')) }))
  return closureOf(
    found,
    found.map(({ manifest }) => manifest.name),
  )
}

/** The named workspaces and all that they depend on, dependencies first. */
export function closureOf(workspaces: readonly Workspace[], names: readonly string[]): Workspace[] {
  const byName = new Map(workspaces.map((workspace) => [workspace.manifest.name, workspace]))
  const ordered = new Set<Workspace>()
  const visit = (name: string) => {
    const workspace = byName.get(name)
    if (!workspace || ordered.has(workspace)) return
    for (const dependency of Object.keys(workspace.manifest.dependencies ?? {})) visit(dependency)
    ordered.add(workspace)
  }
  for (const name of names) visit(name)
  return [...ordered]
}
