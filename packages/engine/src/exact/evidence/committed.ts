import { encodeTensorHeader, merkleTree, type Tensor } from '@stoa/protocol'
import type { CommittedData } from './types.ts'

/** A tensor with its header and tree. */
export const committed = (tensor: Tensor): CommittedData => ({
  tensor,
  header: encodeTensorHeader(tensor),
  tree: merkleTree(tensor.data),
})
