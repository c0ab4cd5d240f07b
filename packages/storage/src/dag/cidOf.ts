import type { BlobInfo, BlobSource } from '../blobStore.ts'
import { buildDag } from './buildDag.ts'

/** CID and length that a store would give this content, without storing it. */
export function cidOf(source: BlobSource): Promise<BlobInfo> {
  return buildDag(source, async () => {})
}
