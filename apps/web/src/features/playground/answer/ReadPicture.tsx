import { useId, useState } from 'react'
import { cx } from '../../../lib/cx.ts'
import { useObjectUrl } from '../../../lib/useObjectUrl.ts'
import { CopyButton } from '../../../ui/CopyButton.tsx'
import type { Line } from '../types.ts'

/** A picture with a frame around each line that was read, and the lines beside it; one under the pointer shows in both. */
export function ReadPicture({ file, text, lines }: { file: File; text: string; lines: readonly Line[] }) {
  const url = useObjectUrl(file)
  const [size, setSize] = useState<{ width: number; height: number }>()
  const [pointed, setPointed] = useState<number>()
  const list = useId()
  return (
    <div className="panel grid gap-6 p-4 md:grid-cols-2">
      <div className="relative self-start">
        {url && (
          <img
            src={url}
            alt="What was read, with a frame around each line"
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
              setSize({ width: naturalWidth, height: naturalHeight })
            }
            className="w-full rounded"
          />
        )}
        {size && (
          <svg viewBox={`0 0 ${size.width} ${size.height}`} className="absolute inset-0 size-full" aria-hidden="true">
            {numbered(lines).map(({ line, number }) => (
              <polygon
                key={number}
                points={line.box.map((corner) => corner.join(',')).join(' ')}
                onPointerEnter={() => setPointed(number)}
                onPointerLeave={() => setPointed(undefined)}
                vectorEffect="non-scaling-stroke"
                className={cx('stroke-accent stroke-2', pointed === number ? 'fill-accent/25' : 'fill-accent/5')}
              />
            ))}
          </svg>
        )}
      </div>
      <div className="min-w-0 space-y-2">
        <div className="flex items-center justify-between">
          <h3 id={list} className="text-sm text-muted">
            {lines.length === 0 ? 'No text was found.' : `${lines.length} lines`}
          </h3>
          <CopyButton text={text} what="text" />
        </div>
        <ol aria-labelledby={list}>
          {numbered(lines).map(({ line, number }) => (
            <li
              key={number}
              onPointerEnter={() => setPointed(number)}
              onPointerLeave={() => setPointed(undefined)}
              className={cx('flex justify-between gap-4 rounded px-2 py-1', pointed === number && 'bg-accent-soft')}
            >
              <bdi className="min-w-0 break-words">{line.text}</bdi>
              {line.confidence !== undefined && (
                <span className="text-sm text-muted">{Math.round(line.confidence * 100)} %</span>
              )}
            </li>
          ))}
        </ol>
      </div>
    </div>
  )
}

const numbered = (lines: readonly Line[]) => lines.map((line, number) => ({ line, number }))
