import { BaseError, type Hex } from '@stoa/protocol'

/** The text is not a CID that this store can hold: CIDv1, base32, `raw` or `dag-pb`, sha2-256. */
export class InvalidCidError extends BaseError {
  override name = 'InvalidCidError'
  constructor(text: string, cause?: unknown) {
    super(`Not a CID of a blob: ${JSON.stringify(text.slice(0, 80))}`, {
      code: 'INVALID_CID',
      hint: 'Give a CIDv1 in base32 (59 characters, starting with bafkrei or bafybei): codec raw or dag-pb, hash sha2-256.',
      cause,
    })
  }
}

/** Nothing with this CID is here. `cid` may be a block within the blob that was asked for. */
export class BlobNotFoundError extends BaseError {
  override name = 'BlobNotFoundError'
  readonly cid: string
  constructor(cid: string, cause?: unknown) {
    super(`No block ${cid} here.`, {
      code: 'UNKNOWN_BLOB',
      hint: 'Fetch it from a store that holds it, or put the bytes again.',
      cause,
    })
    this.cid = cid
  }
}

/** The bytes found under a CID are not those that it names. Nothing of them was handed on. */
export class BlobCorruptError extends BaseError {
  override name = 'BlobCorruptError'
  readonly cid: string
  constructor(cid: string, details: string, cause?: unknown) {
    super(`Block ${cid} is corrupt.`, {
      code: 'BLOB_CORRUPT',
      details,
      hint: 'Put the same bytes again to replace it, or fetch the blob from another store.',
      cause,
    })
    this.cid = cid
  }
}

/** The block is what its CID says, but not a node of the one layout that blobs have (specs/blobs.md). */
export class BlobLayoutError extends BaseError {
  override name = 'BlobLayoutError'
  readonly cid: string
  constructor(cid: string, details: string, cause?: unknown) {
    super(`Block ${cid} is no part of a blob.`, {
      code: 'BLOB_LAYOUT',
      details,
      hint: 'Blobs are UnixFS files in raw leaves of 1 MiB, 174 links a node. Add the file again with that layout.',
      cause,
    })
    this.cid = cid
  }
}

/** The source holds more bytes than were allowed. Nothing was stored. */
export class BlobTooLargeError extends BaseError {
  override name = 'BlobTooLargeError'
  readonly maxBytes: number
  constructor(maxBytes: number) {
    super(`The blob is larger than ${maxBytes} bytes.`, {
      code: 'BLOB_TOO_LARGE',
      hint: 'Raise maxBytes, or store less in one blob.',
    })
    this.maxBytes = maxBytes
  }
}

/** A store behind a network did not answer as it should. */
export class BlobSourceError extends BaseError {
  override name = 'BlobSourceError'
  constructor(url: string, details: string, options: { retry: boolean; cause?: unknown }) {
    super(`Could not read from ${url}.`, {
      code: 'BLOB_SOURCE',
      details,
      hint: options.retry ? 'Try again, or fetch the blob from another store.' : 'Check the address of the store.',
      ...options,
    })
  }
}

/** A blob comes more slowly than the reader is willing to wait for. */
export class BlobTooSlowError extends BaseError {
  override name = 'BlobTooSlowError'
  constructor(cid: string, received: number, milliseconds: number) {
    super(`Blob ${cid} comes too slowly.`, {
      code: 'BLOB_TOO_SLOW',
      details: `${received} bytes in ${milliseconds} ms.`,
      hint: 'Fetch it from another store, or allow for a slower one.',
      retry: true,
    })
  }
}

/** Another process holds the store's lock for longer than we wait. */
export class StoreBusyError extends BaseError {
  override name = 'StoreBusyError'
  constructor(folder: string, waitedMs: number, cause?: unknown) {
    super(`The blob store in ${folder} is busy.`, {
      code: 'STORE_BUSY',
      details: `Another process has been committing or deleting for ${waitedMs} ms.`,
      hint: 'Try again.',
      retry: true,
      cause,
    })
  }
}

/** The files at hand are not the weights that a model's version commits to. Nothing of them is used. */
export class WeightsMismatchError extends BaseError {
  override name = 'WeightsMismatchError'
  constructor(what: string, expected: Hex, actual: Hex) {
    super(`${what} is not what the ledger commits to.`, {
      code: 'WEIGHTS_MISMATCH',
      details: `Expected ${expected}, found ${actual}.`,
      hint: 'Fetch the blobs that the model card names again, or use the version that these weights belong to.',
    })
  }
}
