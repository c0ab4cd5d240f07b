type Box = { left: number; top: number; width: number; height: number }
type Size = { width: number; height: number }

/** Pixels between a bubble and what it is about, and at least between it and the window's edge. */
const GAP = 6
const MARGIN = 8

/** Where a bubble's upper left corner goes: above the middle of what it is about, below it where there is no room, and never out of the window. */
export function placeBubble(about: Box, bubble: Size, window: Size): { left: number; top: number } {
  const middle = about.left + about.width / 2 - bubble.width / 2
  const above = about.top - GAP - bubble.height
  const most = window.width - MARGIN - bubble.width
  return {
    left: Math.max(MARGIN, Math.min(middle, most)),
    top: above >= MARGIN ? above : about.top + about.height + GAP,
  }
}
