import { bytesToHex, type Hex, merkleState } from '@stoa/protocol'

/** Merkle root over a file (specs/digests.md), read piece by piece; `onRead` is told how many bytes are done. */
export async function rootOfFile(file: Blob, onRead: (bytes: number) => void): Promise<Hex> {
  const tree = merkleState()
  const reader = file.stream().getReader()
  let done = 0
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    tree.write(piece.value)
    done += piece.value.length
    onRead(done)
  }
  return bytesToHex(tree.root())
}
