import type { ReactNode } from 'react'
import { useHint } from './useHint.tsx'

/** Words that show more on hover and on focus; Escape closes them. */
export function Hint({ children, text, className }: { children: ReactNode; text: ReactNode; className?: string }) {
  const { handlers, bubble } = useHint(text)
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what hovering shows has to be reachable by keyboard, too. */}
      <span tabIndex={0} className={className} {...handlers}>
        {children}
      </span>
      {bubble}
    </>
  )
}
