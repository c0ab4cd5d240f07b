import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * Path of forge itself, inside the platform's package. The launcher that npm links as `forge` (1.7.1) always exits with 0, so a failing
 * contract test would pass unseen.
 */
export function forgeBinary(platform = process.platform, arch = process.arch): string {
  const name = `@foundry-rs/forge-${platform}-${arch === 'x64' ? 'amd64' : arch}`
  const file = platform === 'win32' ? 'forge.exe' : 'forge'
  // The platform's package is a dependency of the launcher, which may have it under itself.
  const launcher = createRequire(import.meta.url).resolve('@foundry-rs/forge/package.json')
  try {
    return join(dirname(createRequire(launcher).resolve(`${name}/package.json`)), 'bin', file)
  } catch (cause) {
    throw new Error(`forge is not installed for ${platform} ${arch} (${name}). Run npm ci.`, { cause })
  }
}
