import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState } from 'react'
import type { Model } from '../../data/models.ts'
import type { Uses } from './chooseModels.ts'
import { ModelRow } from './ModelRow.tsx'

/** Pixels: what a row is before it is measured. */
const ROW_HEIGHT = 118

/** The models, of which only those near the window are in the page: a thousand scroll like ten. */
export function ModelList({ models, uses }: { models: readonly Model[]; uses: Uses | undefined }) {
  const list = useRef<HTMLUListElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), [])
  const rows = useWindowVirtualizer({
    count: models.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 6,
    scrollMargin: top,
    getItemKey: (index) => String(models[index]?.stoa.model_id ?? index),
  })
  return (
    <ul ref={list} className="relative" style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map(({ index, key, start }) => {
        const model = models[index]
        return (
          model && (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              aria-setsize={models.length}
              aria-posinset={index + 1}
              className="absolute inset-x-0 top-0 pb-3"
              style={{ transform: `translateY(${start - top}px)` }}
            >
              <ModelRow model={model} uses={uses && (uses.get(model.stoa.model_id) ?? 0)} />
            </li>
          )
        )
      })}
    </ul>
  )
}
