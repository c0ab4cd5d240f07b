import type { AddedToken, EncodeOptions } from '../tokenizer.ts'

/** Where an added token stands in a text: bytes from `from` to `to`. */
export type Found = { readonly id: number; readonly from: number; readonly to: number }

type Node = { id: number; special: boolean; next: Map<number, Node> }

export type Finder = (bytes: Uint8Array, specials: NonNullable<EncodeOptions['specials']>) => Found[]

/**
 * Finds added tokens in bytes: the leftmost, of those the longest; then from its end on. Special ones count only where they are asked for. Reads at most
 * (length of the longest token) bytes for each byte of text.
 */
export function createFinder(added: readonly AddedToken[]): Finder {
  const root = emptyNode()
  for (const { content, id, special } of added) {
    let node = root
    for (const byte of new TextEncoder().encode(content)) {
      let child = node.next.get(byte)
      if (!child) {
        child = emptyNode()
        node.next.set(byte, child)
      }
      node = child
    }
    Object.assign(node, { id, special })
  }
  return (bytes, specials) => {
    const found: Found[] = []
    if (root.next.size === 0) return found
    const counts = (from: number, to: number) =>
      typeof specials === 'boolean' ? specials : specials.some(([first, end]) => first <= from && to <= end)
    for (let at = 0; at < bytes.length; ) {
      const hit = longestAt(root, bytes, at, counts)
      if (hit) found.push(hit)
      at = hit ? hit.to : at + 1
    }
    return found
  }
}

const emptyNode = (): Node => ({ id: -1, special: false, next: new Map() })

function longestAt(
  root: Node,
  bytes: Uint8Array,
  from: number,
  counts: (from: number, to: number) => boolean,
): Found | undefined {
  let hit: Found | undefined
  let node: Node | undefined = root
  for (let to = from; node; to += 1) {
    if (node.id >= 0 && (!node.special || counts(from, to))) hit = { id: node.id, from, to }
    node = to < bytes.length ? node.next.get(bytes[to] ?? 0) : undefined
  }
  return hit
}
