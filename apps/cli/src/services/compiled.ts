import { mkdirSync } from 'node:fs'
import nodeModule from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where this user's Node keeps what it made of sources (XDG Base Directory Specification). */
const folder = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'stoa', 'compiled')

/**
 * Has Node keep what it made of sources, by their contents and its own version, for this process and for all processes and threads that it starts: each of them would strip types and
 * compile the same modules again, half a second of a core each. Where Node can't (before 22.8), or nothing can be written, it is done without.
 */
export function keepCompiled(): void {
  const { NODE_COMPILE_CACHE: chosen, NODE_DISABLE_COMPILE_CACHE: unwanted } = process.env
  if (chosen || unwanted || !nodeModule.enableCompileCache) return
  try {
    mkdirSync(folder(), { recursive: true, mode: 0o700 })
  } catch {
    return
  }
  nodeModule.enableCompileCache(folder())
  process.env.NODE_COMPILE_CACHE = folder()
}

/** Writes it down at once, and not only when this process ends, so that a process which it starts finds it. */
export function writeCompiled(): void {
  nodeModule.flushCompileCache?.()
}
