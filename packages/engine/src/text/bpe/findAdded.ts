import type { AddedToken } from '../tokenizer.ts'

/** Where an added token stands in a text: bytes from `from` to `to`. */
export type Found = { readonly id: number; readonly from: number; readonly to: number }

type Node = { id: number; next: Map<number, Node> }

/**
 * Finds added tokens in bytes: the leftmost, of those the longest; then from its end on. Reads at most (length of the longest
 * token) bytes for each byte of text.
 */
export function createFinder(added: readonly Pick<AddedToken, 'id' | 'content'>[]): (bytes: Uint8Array) => Found[] {
  const root: Node = { id: -1, next: new Map() }
  for (const { content, id } of added) {
    let node = root
    for (const byte of new TextEncoder().encode(content)) {
      let child = node.next.get(byte)
      if (!child) {
        child = { id: -1, next: new Map() }
        node.next.set(byte, child)
      }
      node = child
    }
    node.id = id
  }
  return (bytes) => {
    const found: Found[] = []
    if (root.next.size === 0) return found
    for (let at = 0; at < bytes.length; ) {
      const hit = longestAt(root, bytes, at)
      if (hit) found.push(hit)
      at = hit ? hit.to : at + 1
    }
    return found
  }
}

function longestAt(root: Node, bytes: Uint8Array, from: number): Found | undefined {
  let hit: Found | undefined
  let node: Node | undefined = root
  for (let to = from; node; to += 1) {
    if (node.id >= 0) hit = { id: node.id, from, to }
    node = to < bytes.length ? node.next.get(bytes[to] ?? 0) : undefined
  }
  return hit
}
