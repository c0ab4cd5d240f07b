import { execFileSync } from 'node:child_process'
import { mkdirSync, statfsSync } from 'node:fs'

/** A folder on a disk of its own, in memory, which can be made to have no room. */
export type SmallDisk = {
  readonly folder: string
  /** From now on nothing more can be written. */
  fill(): void
  /** There is room again. */
  free(): void
  remove(): void
}

/** A disk of so many bytes at `folder`; undefined where this user may not mount one. */
export function openSmallDisk(folder: string, bytes: number): SmallDisk | undefined {
  mkdirSync(folder, { recursive: true })
  const mount = (options: string) =>
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'stoa-chaos', folder], { stdio: 'pipe' })
  try {
    mount(`size=${bytes},mode=700`)
  } catch {
    return undefined
  }
  return {
    folder,
    fill() {
      const { blocks, bfree, bsize } = statfsSync(folder)
      mount(`remount,size=${(blocks - bfree) * bsize}`)
    },
    free: () => void mount(`remount,size=${bytes}`),
    // Whoever still has a file open there keeps it until it ends.
    remove: () => void execFileSync('umount', ['-l', folder], { stdio: 'pipe' }),
  }
}
