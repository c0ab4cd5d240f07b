import type { ReactNode } from 'react'
import { cx } from '../../lib/cx.ts'
import { Hash } from '../../ui/Hash.tsx'
import { Icon, type IconName } from '../../ui/icons.tsx'
import type { Finding } from './checkReceipt.ts'

const LOOKS: Readonly<Record<Finding['state'], { icon: IconName; word: string; tone: string }>> = {
  right: { icon: 'check', word: 'right', tone: 'text-good' },
  wrong: { icon: 'cross', word: 'wrong', tone: 'text-bad' },
  unknown: { icon: 'question', word: 'not checked here', tone: 'text-muted' },
}

/** One check: what, how it came out, and why. */
export function FindingRow({ finding: { name, state, says } }: { finding: Finding }) {
  const { icon, word, tone } = LOOKS[state]
  return (
    <li data-finding={name} data-state={state} className="flex flex-wrap gap-x-4 px-4 py-2">
      <span className={cx('inline-flex w-44 shrink-0 items-center gap-2', tone)}>
        <Icon name={icon} className="shrink-0" />
        <span className="text-ink">{name}</span>
        <span className="sr-only">: {word}</span>
      </span>
      <span className="min-w-0 grow basis-72 break-words text-muted">{withHashes(says)}</span>
    </li>
  )
}

const ADDRESS = /(0x[0-9a-fA-F]{40})/

/** A sentence in which addresses are short, and can be copied whole. */
function withHashes(sentence: string): ReactNode[] {
  return sentence
    .split(ADDRESS)
    .map((part, i) => (i % 2 === 1 ? <Hash key={part} value={part} what="address of the key" /> : part))
}
