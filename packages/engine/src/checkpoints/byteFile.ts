import { access, type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { InvalidCheckpointError } from './errors.ts'

/** A file that is read by ranges, so that a model is never held as a whole. */
export type ByteFile = AsyncDisposable & {
  /** For messages: the last part of the path. */
  readonly name: string
  /** Bytes when it was opened. */
  readonly size: number
  /** Exactly `length` bytes from `offset`; throws `InvalidCheckpointError` where the file has become shorter. */
  read(offset: number, length: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** Opens an ordinary file. Throws `InvalidCheckpointError` where there is none. */
export async function openByteFile(path: string): Promise<ByteFile> {
  const name = basename(path)
  const handle = await openHandle(path, name)
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw new InvalidCheckpointError(name, 'it is not an ordinary file')
    const close = () => handle.close()
    return { name, size: stat.size, read: reader(handle, name), close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** All bytes of a small file; throws where it has more than `most`. */
export async function readSmallFile(path: string, most: number): Promise<Uint8Array> {
  const file = await openByteFile(path)
  try {
    if (file.size > most) throw new InvalidCheckpointError(file.name, `it has ${file.size} bytes, ${most} are the most`)
    return await file.read(0, file.size)
  } finally {
    await file.close()
  }
}

/** Whether something is at `path`. */
export async function fileExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function openHandle(path: string, name: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw new InvalidCheckpointError(name, missing ? 'there is no such file' : 'it could not be opened', {
      hint: 'Check the path and that you may read it.',
      cause,
    })
  }
}

function reader(handle: FileHandle, name: string): ByteFile['read'] {
  return async (offset, length) => {
    const bytes = new Uint8Array(length)
    for (let done = 0; done < length; ) {
      const { bytesRead } = await handle.read(bytes, done, length - done, offset + done)
      if (bytesRead === 0) throw new InvalidCheckpointError(name, `it ends before byte ${offset + length}`)
      done += bytesRead
    }
    return bytes
  }
}
