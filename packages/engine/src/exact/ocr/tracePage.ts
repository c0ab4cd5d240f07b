import { type Hex, type Tensor, tensorDigest, traceRoot } from '@stoa/protocol'
import type { Image } from '../../inference/ocr/image/image.ts'
import type { OcrNetworks } from './networks.ts'
import type { Keys } from './reading/readKeys.ts'
import { readPage } from './readPage.ts'
import { openPageTrace } from './trace/openPageTrace.ts'

/** A part of an answer's trace: the digest of a tensor, with its name. */
export type OcrTraceEntry = { readonly name: string; readonly digest: Uint8Array }

export type OcrTrace = {
  /** What the run commits to. */
  readonly root: Hex
  readonly entries: readonly OcrTraceEntry[]
  readonly response: readonly Tensor[]
}

/** Reads a page and commits to every step of it (specs/exact-ocr.md, "Trace"). */
export async function tracePage(
  networks: OcrNetworks,
  keys: Keys,
  page: Image,
  signal?: AbortSignal,
): Promise<OcrTrace> {
  const trace = openPageTrace({ page, keys, reading: await readPage(networks, page, signal) })
  const entries = Array.from({ length: trace.entries }, (_, index) => {
    const tensor = trace.tensor(index)
    return { name: tensor.name, digest: tensorDigest(tensor) }
  })
  return { root: traceRoot(entries.map(({ digest }) => digest)), entries, response: trace.response }
}
