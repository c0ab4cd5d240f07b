import type { Band, FlowNode, Picture } from './pictureOf.ts'

/** Pixels. */
const NODE_WIDTH = 10
/** Room for a node's name above the next. */
const GAP = 26
const TOP = 18
const LEAST = 1
/** What all value together takes in height. */
const FULL = 280

export type PlacedNode = FlowNode & { x: number; y: number; width: number; height: number }
export type PlacedBand = Band & { fromX: number; fromY: number; toX: number; toY: number; thickness: number }
export type Layout = { nodes: PlacedNode[]; bands: PlacedBand[]; height: number }

/** Three columns of nodes, as tall as what passes through them, and between them bands as thick as what each carries. */
export function layoutFlows({ nodes, bands, total }: Picture, width: number): Layout {
  const tall = (wei: bigint) => (total === 0n ? 0 : (Number((wei * 1_000_000_000n) / total) / 1_000_000_000) * FULL)
  const columns = [0, 1, 2].map((column) => nodes.filter((node) => node.column === column))
  const heights = columns.map((own) => own.reduce((sum, { wei }) => sum + Math.max(tall(wei), LEAST) + GAP, TOP))
  const height = Math.max(...heights)
  const placed = new Map<string, PlacedNode>()
  for (const [column, own] of columns.entries()) {
    const x = (column * (width - NODE_WIDTH)) / 2
    let y = TOP + (height - (heights[column] ?? 0)) / 2
    for (const node of own) {
      const size = Math.max(tall(node.wei), LEAST)
      placed.set(node.id, { ...node, x, y, width: NODE_WIDTH, height: size })
      y += size + GAP
    }
  }
  return { nodes: [...placed.values()], bands: placeBands(bands, placed, tall), height }
}

/** In each node bands lie in the order of where they go, so that they cross as little as can be. */
function placeBands(
  bands: readonly Band[],
  nodes: ReadonlyMap<string, PlacedNode>,
  tall: (wei: bigint) => number,
): PlacedBand[] {
  const yOf = (id: string) => nodes.get(id)?.y ?? 0
  const used = new Map<string, number>()
  const take = (side: 'from' | 'to', id: string, thickness: number) => {
    const key = `${side} ${id}`
    const before = used.get(key) ?? 0
    used.set(key, before + thickness)
    return yOf(id) + before
  }
  const starts = new Map<Band, number>()
  for (const band of [...bands].sort((a, b) => yOf(a.to) - yOf(b.to)))
    starts.set(band, take('from', band.from, tall(band.wei)))
  return [...bands]
    .sort((a, b) => yOf(a.from) - yOf(b.from))
    .map((band) => {
      const [from, to] = [nodes.get(band.from), nodes.get(band.to)]
      return {
        ...band,
        fromX: (from?.x ?? 0) + NODE_WIDTH,
        fromY: starts.get(band) ?? 0,
        toX: to?.x ?? 0,
        toY: take('to', band.to, tall(band.wei)),
        thickness: tall(band.wei),
      }
    })
}
