import { expect, test } from 'vitest'
import { closureOf, type Workspace } from './workspaces.ts'

const workspace = (name: string, ...dependencies: string[]): Workspace => ({
  folder: `/${name}`,
  manifest: { name, version: '1.0.0', dependencies: Object.fromEntries(dependencies.map((other) => [other, '1.0.0'])) },
})

const ALL = [
  workspace('cli', 'node', 'viem'),
  workspace('node', 'storage'),
  workspace('storage', 'protocol'),
  workspace('protocol'),
]
const names = (workspaces: Workspace[]) => workspaces.map(({ manifest }) => manifest.name)

test('dependencies come first, each once', () => {
  expect(names(closureOf(ALL, ['cli', 'storage']))).toEqual(['protocol', 'storage', 'node', 'cli'])
})

test('what nobody asked for stays away', () => {
  expect(names(closureOf(ALL, ['storage']))).toEqual(['protocol', 'storage'])
})
