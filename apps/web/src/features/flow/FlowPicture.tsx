import { formatUnitsExact } from '@stoa/protocol'
import { type ReactNode, useMemo } from 'react'
import { useHome } from '../../data/home.ts'
import { groupDigits } from '../../lib/groupDigits.ts'
import { useWidth } from '../../lib/useWidth.ts'
import { CHART_COLORS, chartColor, OTHERS_COLOR } from '../../ui/chartColors.ts'
import { useHint } from '../../ui/useHint.tsx'
import { layoutFlows, type PlacedBand, type PlacedNode } from './layoutFlows.ts'
import { type Names, nodeName, PARTS } from './nodeWords.ts'
import type { FlowNode, Picture } from './pictureOf.ts'

/** The flow as a Sankey diagram. Screen readers pass over it: the table beside says the same. */
export function FlowPicture({ picture, names }: { picture: Picture; names: Names }) {
  const { ref, width } = useWidth<HTMLDivElement>()
  const { nodes, bands, height } = useMemo(() => layoutFlows(picture, Math.max(width, 1)), [picture, width])
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const colors = colorsOf(picture)
  const words = (id: string) => nodeName(byId.get(id) ?? NOWHERE, names)
  return (
    <div ref={ref} className="min-w-0">
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${Math.max(width, 1)} ${height}`}
        width="100%"
        height={height}
        className="block overflow-visible"
      >
        {bands.map((band) => (
          <Told key={`${band.from} ${band.to}`} wei={band.wei} words={`${words(band.from)} → ${words(band.to)}`}>
            <path
              d={shapeOf(band)}
              fill={colorOf(band, colors)}
              className="opacity-35 transition-opacity hover:opacity-70"
            />
          </Told>
        ))}
        {nodes.map((node) => (
          <Told key={node.id} wei={node.wei} words={`${words(node.id)} (${PARTS[node.kind]})`}>
            <rect
              {...{ x: node.x, y: node.y, width: node.width, height: node.height }}
              rx="1"
              fill={colors.get(node.id) ?? 'var(--line-strong)'}
            />
            <text
              {...labelAt(node)}
              fontSize="12"
              fill="var(--ink)"
              stroke="var(--surface)"
              strokeWidth="3"
              paintOrder="stroke"
            >
              {shortened(words(node.id), width)}
            </text>
          </Told>
        ))}
      </svg>
    </div>
  )
}

const NOWHERE: FlowNode = { id: '', column: 0, kind: 'others', key: undefined, wei: 0n }

/** A part of the picture, which says what it stands for while it is pointed at. */
function Told({ wei, words, children }: { wei: bigint; words: string; children: ReactNode }) {
  const { token } = useHome()
  const { handlers, bubble } = useHint(
    <>
      <bdi>{words}</bdi>
      <br />
      {groupDigits(formatUnitsExact(wei, token))} {token.symbol} · {groupDigits(String(wei))} wei
    </>,
  )
  return (
    <>
      <g {...handlers}>{children}</g>
      {bubble}
    </>
  )
}

/** A colour for each model, the heaviest first; what is burned is red wherever it is. */
function colorsOf({ nodes }: Picture): ReadonlyMap<string, string> {
  const models = nodes.filter(({ kind }) => kind === 'model')
  return new Map([...models.map(({ id }, i) => [id, chartColor(i)] as const), ['burned', CHART_COLORS[4]]])
}

/** A band has its model's colour, unless it is burned. */
function colorOf({ from, to }: PlacedBand, colors: ReadonlyMap<string, string>): string {
  return (to === 'burned' ? undefined : colors.get(from)) ?? colors.get(to) ?? OTHERS_COLOR
}

function shapeOf({ fromX, fromY, toX, toY, thickness }: PlacedBand): string {
  const middle = (fromX + toX) / 2
  const n = (x: number) => x.toFixed(2)
  // Never thinner than can be seen.
  const t = Math.max(thickness, 0.75)
  return [
    `M${n(fromX)},${n(fromY)}C${n(middle)},${n(fromY)} ${n(middle)},${n(toY)} ${n(toX)},${n(toY)}`,
    `L${n(toX)},${n(toY + t)}C${n(middle)},${n(toY + t)} ${n(middle)},${n(fromY + t)} ${n(fromX)},${n(fromY + t)}Z`,
  ].join('')
}

/** Names stand above their nodes, at the picture's edges turned inwards. */
function labelAt({ x, y, width, column }: PlacedNode) {
  const anchors = ['start', 'middle', 'end'] as const
  return { x: [x, x + width / 2, x + width][column] ?? x, y: y - 5, textAnchor: anchors[column] }
}

/** A third of the picture's width holds a name. */
function shortened(text: string, width: number): string {
  const most = Math.max(8, Math.floor(width / 3 / 7))
  const letters = [...text]
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : text
}
