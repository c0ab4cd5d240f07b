import type { ReactNode } from 'react'
import { Icon, type IconName } from './icons.tsx'

/** Nothing here yet: says so, and what to do about it. */
export function Empty({ icon, title, children }: { icon: IconName; title: string; children: ReactNode }) {
  return (
    <div className="panel flex flex-col items-center gap-2 border-dashed px-6 py-12 text-center">
      <Icon name={icon} className="size-8 text-muted" />
      <h2 className="heading text-lg">{title}</h2>
      <div className="max-w-prose text-muted">{children}</div>
    </div>
  )
}
