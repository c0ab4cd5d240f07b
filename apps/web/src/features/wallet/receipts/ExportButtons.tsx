import { useRef, useState } from 'react'
import type { ReceiptFilter } from '../../../data/receipts.ts'
import { Button } from '../../../ui/Button.tsx'
import { Problem } from '../../../ui/Problem.tsx'
import { exportReceipts, type Format } from './exportReceipts.ts'

/** Files with every receipt of the filter, not only those that are shown. */
export function ExportButtons({ filter }: { filter: ReceiptFilter }) {
  const [count, setCount] = useState<number>()
  const [error, setError] = useState<unknown>()
  const stop = useRef<AbortController>(undefined)
  const run = async (format: Format) => {
    const controller = new AbortController()
    stop.current = controller
    const { signal } = controller
    try {
      setError(undefined)
      setCount(0)
      save(await exportReceipts(filter, format, { tell: setCount, signal }), `stoa-receipts.${format}`)
    } catch (problem) {
      if (!signal.aborted) setError(problem)
    } finally {
      setCount(undefined)
    }
  }
  if (error !== undefined) return <Problem error={error} onRetry={() => setError(undefined)} />
  if (count !== undefined)
    return (
      <span className="flex items-center gap-3">
        <span role="status">{count} receipts read…</span>
        <Button onClick={() => stop.current?.abort()}>Stop</Button>
      </span>
    )
  return (
    <span className="flex gap-2">
      <Button onClick={() => run('csv')}>Export CSV</Button>
      <Button onClick={() => run('json')}>Export JSON</Button>
    </span>
  )
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  URL.revokeObjectURL(url)
}
