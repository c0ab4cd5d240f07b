export type { BlobInfo, BlobReader, BlobSource, BlobStore, GetOptions, PutOptions } from './blobStore.ts'
export { cidOf } from './dag/cidOf.ts'
export { cidOfDigest } from './dag/cidOfDigest.ts'
export { LEAF_BYTES, MAX_BLOB_BYTES, MAX_BLOCK_BYTES } from './dag/layout.ts'
export { type DiskBlobStoreOptions, diskBlobStore } from './disk/diskBlobStore.ts'
export {
  BlobCorruptError,
  BlobLayoutError,
  BlobNotFoundError,
  BlobSourceError,
  BlobTooLargeError,
  BlobTooSlowError,
  InvalidCidError,
  StoreBusyError,
  WeightsMismatchError,
} from './errors.ts'
export type { Pace } from './files/atPace.ts'
export { type MaterializeBundleParameters, materializeBundle } from './files/materializeBundle.ts'
export { readCard } from './files/readCard.ts'
export { BLOCK_MEDIA_TYPE, blockResponse } from './http/blockResponse.ts'
export { type HttpBlobStoreOptions, httpBlobStore } from './http/httpBlobStore.ts'
export { memoryBlobStore } from './memory/memoryBlobStore.ts'
