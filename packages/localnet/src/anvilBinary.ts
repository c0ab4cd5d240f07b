import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { AnvilMissingError } from './errors.ts'

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/**
 * Path of anvil itself: the program inside the platform's package, which `@foundry-rs/anvil` depends on optionally. Its launcher script
 * would be one process more between us and the chain, and the install script, which only repairs missing optional packages, is
 * not needed. Throws `AnvilMissingError`.
 */
export function anvilBinary(): string {
  const platform = `${process.platform}-${ARCHITECTURES[process.arch] ?? process.arch}`
  try {
    const launcher = createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json')
    const manifest = createRequire(launcher).resolve(`@foundry-rs/anvil-${platform}/package.json`)
    const path = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'anvil.exe' : 'anvil')
    if (!existsSync(path)) throw new Error(`${path} does not exist`)
    return path
  } catch (error) {
    throw new AnvilMissingError(platform, error)
  }
}
