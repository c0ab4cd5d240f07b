import { open } from 'node:fs/promises'

/** Writes a new file and waits until its bytes are on the disk. Fails if the file is there. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/**
 * Waits until the names in a folder are on the disk: a rename survives a power loss only after this (POSIX leaves it open).
 * Windows has no such call and refuses to open a folder; there NTFS journals names by itself.
 */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
