/** The parts of package-lock.json (version 3) that are read or written here. */
export type LockEntry = {
  version?: string
  optionalDependencies?: Record<string, string>
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
}
export type Lock = { packages: Record<string, LockEntry> }

/** How packages of native binaries name their platform: `cli-linux-x64-musl`, `canvas-linux-arm-gnueabihf`. */
const PLATFORM =
  /(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-(arm64|arm|x64|amd64|ia32|loong64|mips64el|ppc64|riscv64|s390x)(?:-(musl|gnu))?/

/**
 * Adds the optional packages of other platforms that a lock lacks because the registry it was made from did not serve them. Without them
 * `npm ci` calls the lock out of sync, on every platform. npm skips an optional package of another platform by `os`, `cpu` and `libc`
 * alone; where it is the right one, npm asks the registry, and there is no digest to check it against.
 *
 * @returns the names added; the lock is changed
 * @throws Error if a missing package does not say its platform in its name or is not pinned
 */
export function completeLock(lock: Lock): string[] {
  const added: string[] = []
  for (const [place, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isLocked(lock, place, name)) continue
      lock.packages[`node_modules/${name}`] = foreignEntry(name, version, entry.dev)
      added.push(name)
    }
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')))
  return added
}

/** Whether Node's search from `place` upwards finds the package. */
function isLocked(lock: Lock, place: string, name: string): boolean {
  for (let from = place; ; ) {
    if (lock.packages[`${from && `${from}/`}node_modules/${name}`]) return true
    if (!from) return false
    from = from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/')))
  }
}

function foreignEntry(name: string, version: string, dev = false): LockEntry {
  // WebAssembly is a processor of its own to npm, on any system.
  if (name.endsWith('-wasm32-wasi')) return { version, cpu: ['wasm32'], ...(dev && { dev }), optional: true }
  const [, os, cpu, libc] = PLATFORM.exec(name) ?? []
  if (!os || !cpu || !/^\d+\.\d+\.\d+/.test(version)) {
    throw new Error(`${name}@${version} is missing in the lock, and is no pinned package of a platform.`)
  }
  return {
    version,
    cpu: [cpu === 'amd64' ? 'x64' : cpu],
    ...(dev && { dev }),
    ...(libc && { libc: [libc === 'gnu' ? 'glibc' : libc] }),
    optional: true,
    os: [os],
  }
}
