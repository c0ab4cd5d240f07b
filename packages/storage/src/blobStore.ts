/** Bytes in any number of pieces of any size. */
export type BlobSource = Uint8Array | AsyncIterable<Uint8Array>

export type PutOptions = {
  /** Most bytes to take from the source before refusing it with `BlobTooLargeError`. Default: what the layout can hold, 5 TiB. */
  maxBytes?: number
}

export type GetOptions = {
  /** Stops the reading, also while a block is under way. */
  signal?: AbortSignal
}

export type BlobInfo = {
  cid: string
  /** Length of the content in bytes. */
  bytes: number
}

/**
 * Where blobs are read from. Every method that takes a CID throws `InvalidCidError` for text that is none, and nothing that a store
 * returns is unverified: what does not hash to its CID is a `BlobCorruptError`.
 */
export interface BlobReader {
  /**
   * The content, in order, in pieces of at most 1 MiB, each verified before it is handed on; memory does not grow with the blob.
   * Throws `BlobNotFoundError`, `BlobCorruptError`, `BlobLayoutError`, and from a remote store `BlobSourceError`.
   */
  get(cid: string, options?: GetOptions): AsyncIterable<Uint8Array>
  /** Whether `get` would find the root of this blob. */
  has(cid: string): Promise<boolean>
  /** Length of the content, read from the root block alone. Throws as `get` does. */
  stat(cid: string): Promise<BlobInfo>
  /** One verified block: a leaf's bytes or an encoded node. For serving blobs to other stores. Throws as `get` does. */
  block(cid: string, options?: GetOptions): Promise<Uint8Array>
}

/** A place that keeps blobs. Safe for any number of concurrent callers. */
export interface BlobStore extends BlobReader {
  /**
   * Stores the content under the CID that it has by itself; the same bytes have the same CID in every store. When the promise
   * resolves the blob is durable; before that, and after any failure, nothing of it can be seen.
   */
  put(source: BlobSource, options?: PutOptions): Promise<BlobInfo>
  /**
   * Forgets a blob that was put, and frees what no other blob contains. Content that another blob contains stays readable under
   * its own CID. False if the blob was not in the list.
   */
  delete(cid: string): Promise<boolean>
  /** CIDs of the blobs that were put and not deleted, in no particular order. */
  list(): AsyncIterable<string>
}
