import { Badge } from '../../../ui/Badge.tsx'

/** A text that came in pieces and has no receipt, or none yet: nothing of it is proved by anything. */
export function Unproved({ text, isComing = false }: { text: string; isComing?: boolean }) {
  return (
    <div className="panel space-y-2 p-4">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
        <Badge tone="warn">not checked{isComing && ' yet'}</Badge>
        {isComing
          ? 'It is shown as it comes. Receipt, digests and price are checked when it is whole.'
          : 'It broke off: this much came, and no receipt proves it.'}
      </p>
      <p className="whitespace-pre-wrap break-words">
        <bdi>{text}</bdi>
      </p>
    </div>
  )
}
