import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { cx } from '../lib/cx.ts'
import { useTop } from '../lib/useTop.ts'
import { rowsToDraw } from './rowsToDraw.ts'

/** Rows drawn beyond the window, at either side. */
const OVERSCAN = 8
/** Rows before the end at which more are asked for. */
const AHEAD = 20
/** How far a key goes from the row that has the focus, in rows; the others go to the ends. */
const KEYS: Readonly<Record<string, number>> = {
  ...{ ArrowDown: 1, ArrowUp: -1 },
  ...{ Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY },
}
/** Where such keys mean something else. */
const TYPED_INTO = 'input, select, textarea, [contenteditable]'
const FOCUSABLE = 'a[href], button:not(:disabled)'

type WindowListProps<item> = {
  label: string
  items: readonly item[]
  keyOf: (item: item) => string
  children: (item: item) => ReactNode
  /** Pixels: what a row is before it is measured. */
  rowHeight: number
  className?: string
  rowClassName?: string
  /** Whether a line parts the rows. */
  isRuled?: boolean
  /** Whether there are more than `items`, and how to have them. */
  more?: { hasMore: boolean; isLoading: boolean; onMore: () => void }
}

/**
 * A list of any length, of which only rows near the window are in the page: thousands scroll like ten. Arrows, Home and End go from row to row; the row that
 * has the focus stays drawn, however far the page is scrolled.
 */
export function WindowList<item>(props: WindowListProps<item>) {
  const { label, items, keyOf, children, rowHeight, className, rowClassName, isRuled, more } = props
  const list = useRef<HTMLUListElement>(null)
  const top = useTop(list)
  const [focused, setFocused] = useState<number>()
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin: top,
    getItemKey: (index) => {
      const item = items[index]
      return item === undefined ? index : keyOf(item)
    },
    rangeExtractor: (range) => rowsToDraw(range, focused),
  })
  const drawn = rows.getVirtualItems()
  const last = rows.range?.endIndex ?? 0
  const { hasMore = false, isLoading = false, onMore } = more ?? {}
  useEffect(() => {
    if (hasMore && !isLoading && last >= items.length - AHEAD) onMore?.()
  }, [hasMore, isLoading, last, items.length, onMore])

  const goTo = (index: number) => {
    setFocused(index)
    // It is drawn by the next frame; the browser scrolls to what gets the focus.
    requestAnimationFrame(() =>
      list.current
        ?.querySelector<HTMLElement>(`[data-index="${index}"]`)
        ?.querySelector<HTMLElement>(FOCUSABLE)
        ?.focus(),
    )
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = KEYS[event.key]
    if (step === undefined || focused === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target instanceof Element && event.target.closest(TYPED_INTO)) return
    event.preventDefault()
    goTo(Math.max(0, Math.min(items.length - 1, focused + step)))
  }
  return (
    <ul
      ref={list}
      aria-label={label}
      onKeyDown={onKeyDown}
      onFocus={({ target }) => setFocused(indexOf(target))}
      onBlur={({ relatedTarget }) => {
        if (!list.current?.contains(relatedTarget)) setFocused(undefined)
      }}
      className={cx('relative', className)}
      style={{ height: rows.getTotalSize() }}
    >
      {drawn.map(({ index, key, start }) => {
        const item = items[index]
        return (
          item !== undefined && (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              aria-setsize={hasMore ? -1 : items.length}
              aria-posinset={index + 1}
              className={cx('absolute inset-x-0 top-0', isRuled && index > 0 && 'border-t border-line', rowClassName)}
              style={{ transform: `translateY(${start - top}px)` }}
            >
              {children(item)}
            </li>
          )
        )
      })}
    </ul>
  )
}

/** In which row an element is. */
function indexOf(element: Element): number | undefined {
  const index = element.closest<HTMLElement>('[data-index]')?.dataset.index
  return index === undefined ? undefined : Number(index)
}
