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

/** Times that a disk is tried to be filled while others write to it. */
const FILLS = 50

/** A disk of so many bytes at `folder`; undefined where this user may not mount one. */
export function openSmallDisk(folder: string, bytes: number): SmallDisk | undefined {
  mkdirSync(folder, { recursive: true })
  const mount = (options: string) =>
    void execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'stoa-chaos', folder], { stdio: 'pipe' })
  try {
    mount(`size=${bytes},mode=700`)
  } catch {
    return undefined
  }
  return {
    folder,
    fill() {
      for (let tries = 1; ; tries++) {
        const { blocks, bfree, bsize } = statfsSync(folder)
        try {
          return mount(`remount,size=${(blocks - bfree) * bsize}`)
        } catch (error) {
          // Something was written in between, and what is on a disk does not fit on a smaller one.
          if (tries === FILLS) throw error
        }
      }
    },
    free: () => mount(`remount,size=${bytes}`),
    // Whoever still has a file open there keeps it until it ends.
    remove: () => void execFileSync('umount', ['-l', folder], { stdio: 'pipe' }),
  }
}
