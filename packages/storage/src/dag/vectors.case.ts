import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BlobSource } from '../blobStore.ts'
import { pattern, zeros } from '../testing.case.ts'

type Vector = { content: 'text' | 'zeros' | 'pattern'; text?: string; bytes: number; cid: string }

/** specs/vectors/blobs.json */
export function blobVectors(): Vector[] {
  const path = join(import.meta.dirname, '../../../../specs/vectors/blobs.json')
  const file: { vectors: Vector[] } = JSON.parse(readFileSync(path, 'utf8'))
  return file.vectors
}

export function contentOf(vector: Vector): BlobSource {
  if (vector.content === 'zeros') return zeros(vector.bytes)
  if (vector.content === 'pattern') return pattern(vector.bytes)
  return new TextEncoder().encode(vector.text)
}
