import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { placeBubble } from './placeBubble.ts'

/** Milliseconds for which a pointer rests before the bubble shows, and for which it may be on its way from one to the other. */
const OPEN_AFTER = 200
const CLOSE_AFTER = 120

/**
 * More about an element, shown while it is pointed at or has the focus: spread `handlers` on it, and draw `bubble` anywhere. As WCAG 1.4.13 wants it: Escape
 * closes the bubble, the pointer may go into it, and it stays until then. `text` is drawn only while it is seen.
 */
export function useHint(text: ReactNode) {
  const [about, setAbout] = useState<Element>()
  const timer = useRef<number>(undefined)
  const id = useId()
  const later = (next: Element | undefined, ms: number) => {
    clearTimeout(timer.current)
    timer.current = window.setTimeout(setAbout, ms, next)
  }
  const close = () => {
    clearTimeout(timer.current)
    setAbout(undefined)
  }
  const stay = () => clearTimeout(timer.current)
  const leave = () => {
    if (about !== document.activeElement) later(undefined, CLOSE_AFTER)
  }
  return {
    handlers: {
      'aria-describedby': about && id,
      onPointerEnter: ({ currentTarget }: { currentTarget: Element }) => later(currentTarget, OPEN_AFTER),
      onPointerLeave: leave,
      onFocus: ({ currentTarget }: { currentTarget: Element }) => {
        stay()
        setAbout(currentTarget)
      },
      onBlur: close,
    },
    bubble: about && (
      <Bubble about={about} id={id} onClose={close} onPointerEnter={stay} onPointerLeave={leave}>
        {text}
      </Bubble>
    ),
  }
}

type BubbleProps = {
  about: Element
  id: string
  onClose: () => void
  onPointerEnter: () => void
  onPointerLeave: () => void
  children: ReactNode
}

function Bubble({ about, id, onClose, children, ...pointer }: BubbleProps) {
  const bubble = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const place = () => {
      if (!bubble.current) return
      const { clientWidth: width, clientHeight: height } = document.documentElement
      const { left, top } = placeBubble(about.getBoundingClientRect(), bubble.current.getBoundingClientRect(), {
        ...{ width, height },
      })
      Object.assign(bubble.current.style, { left: `${left}px`, top: `${top}px` })
    }
    place()
    // What it is about may move, also within something that scrolls by itself: getting the focus brings it into the window.
    window.addEventListener('scroll', place, { capture: true, passive: true })
    window.addEventListener('resize', place)
    return () => {
      window.removeEventListener('scroll', place, { capture: true })
      window.removeEventListener('resize', place)
    }
  }, [about])
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => key === 'Escape' && onClose()
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [onClose])
  return createPortal(
    <div
      ref={bubble}
      role="tooltip"
      id={id}
      {...pointer}
      className="fixed top-0 left-0 z-50 w-max max-w-[min(26rem,90vw)] rounded-md bg-ink px-2.5 py-1.5 text-sm break-words text-paper shadow-lg"
    >
      {children}
    </div>,
    document.body,
  )
}
