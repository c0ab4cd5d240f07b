import {
  bundleDigest,
  bytesToHex,
  digestTree,
  fileDigest,
  type Hex,
  merkleTree,
  type Tensor,
  tensorDigest,
} from '@stoa/protocol'
import { committed } from '../../../evidence/index.ts'
import { keeping } from '../../../keeping.ts'
import type { KeysFile, PageSources } from '../pageEvidence.ts'
import type { PageClaims } from './openPageSteps.ts'

/** A page's trace as a seller commits to it. */
export type CommittedPage = { readonly sources: PageSources; readonly claims: PageClaims }

/** Commits to a trace's tensors, by a bundle that has "keys.txt" among other files. */
export function committedPage(tensors: readonly Tensor[], keys: Uint8Array): CommittedPage {
  const tree = digestTree(tensors.map(tensorDigest))
  const { file, weights } = bundleOf(keys)
  return {
    sources: {
      entries: tensors.length,
      entry: keeping((index) => committed(there(tensors[index]))),
      path: (entry) => tree.path(0, entry),
      keys: file,
    },
    claims: { weights, tree: bytesToHex(tree.root), entries: tensors.length },
  }
}

/** A bundle of the files that an exact model has, of which only "keys.txt" is really there. */
function bundleOf(keys: Uint8Array): { file: KeysFile; weights: Hex } {
  const tree = merkleTree(keys)
  const root = bytesToHex(tree.root)
  const other = (path: string) => ({ path, bytes: 1, root })
  const files = [
    other('det.onnx'),
    other('formulas.bin'),
    { path: 'keys.txt', bytes: keys.length, root },
    other('rec.onnx'),
  ]
  const digests = files.map((file) => bytesToHex(fileDigest(file)))
  return { file: { data: keys, tree, files: digests, place: 2 }, weights: bundleDigest(files) }
}

function there(tensor: Tensor | undefined): Tensor {
  if (!tensor) throw new RangeError('there is no such tensor')
  return tensor
}
