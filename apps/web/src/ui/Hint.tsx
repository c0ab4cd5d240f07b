import { Tooltip } from 'radix-ui'
import type { ReactNode } from 'react'

/** Words that show more on hover and on focus; Escape closes them. */
export function Hint({ children, text, className }: { children: ReactNode; text: ReactNode; className?: string }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what hovering shows has to be reachable by keyboard, too. */}
        <span tabIndex={0} className={className}>
          {children}
        </span>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-w-[min(26rem,90vw)] rounded-md bg-ink px-2.5 py-1.5 text-sm break-words text-paper shadow-lg"
        >
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
