import type { Image } from '../../../inference/ocr/image/image.ts'
import type { Box } from '../image/box.ts'
import type { Window } from '../image/resample.ts'
import type { Area } from '../pieces/area.ts'
import type { Steps } from '../reading/spellSteps.ts'

/** specs/exact-ocr.md, "Frame". */
export function frameLiterally({ width, height }: Pick<Image, 'width' | 'height'>): Window & { reduction: number } {
  let reduction = 32
  while (29 * reduction < Math.max(width, height)) reduction++
  const steps = (length: number) => {
    let n = 0
    while (n * reduction < length) n++
    return n + 1
  }
  const start = -Math.floor(reduction / 2)
  const [across, down] = [steps(width), steps(height)]
  return {
    box: { left: start, top: start, right: start + across * reduction, bottom: start + down * reduction },
    width: 32 * across,
    height: 32 * down,
    reduction,
  }
}

/** specs/exact-ocr.md, "Boxes": fractions of whole numbers, looked up by counting. */
export function boxLiterally({ left, top, right, bottom }: Area, reduction: number): Box {
  const [w, h] = [BigInt(right - left), BigInt(bottom - top)]
  const margin = (32n * 17n * w * h) / (20n * (w + h))
  const shift = -BigInt(Math.floor(reduction / 2))
  const before = (edge: number) => Number(shift + below((32n * BigInt(edge) - margin) * BigInt(reduction), 1024n))
  const after = (edge: number) => Number(shift - below(-(32n * BigInt(edge) + margin) * BigInt(reduction), 1024n))
  return { left: before(left), top: before(top), right: after(right), bottom: after(bottom) }
}

/** ⌊a / b⌋ for b > 0. */
function below(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return quotient * b > a ? quotient - 1n : quotient
}

/** specs/exact-ocr.md, "Text": of all widths that a strip may have the one that is nearest to 48 · width / height. */
export function stripWidthLiterally({ left, top, right, bottom }: Box): number {
  const [w, h] = [right - left, bottom - top]
  const steps = Array.from({ length: 381 }, (_, i) => 4 + i).filter((n) => n.toString(2).replace(/0+$/, '').length <= 4)
  // How far 8n is off, times the height: whole numbers.
  const off = (n: number) => Math.abs(8 * n * h - 48 * w)
  return 8 * steps.reduce((best, n) => (off(n) <= off(best) ? n : best))
}

/**
 * specs/exact-ocr.md, "Text": all runs are found first, then looked at. The state after a step is what decoding the steps up to it gives, whether or not
 * that is sure enough to be a text.
 */
export function decodeLiterally(steps: Steps, alphabet: readonly string[]): { text: string; states: number[][] } {
  const states = Array.from(steps.best, (_, t) => {
    const { text, count, spaced, lead, sum } = spellLiterally(
      { best: steps.best.slice(0, t + 1), leads: steps.leads.slice(0, 2 * t + 2) },
      alphabet,
    )
    return [count, new TextEncoder().encode(text).length, Number(spaced), lead, sum]
  })
  const { text, count, sum } = spellLiterally(steps, alphabet)
  return { text: sum < 32 * count ? '' : text, states }
}

function spellLiterally({ best, leads }: Steps, alphabet: readonly string[]) {
  const space = alphabet.length
  const steps = Array.from(best, (now, t) => ({ now, t, blank: leads[2 * t] ?? 0, space: leads[2 * t + 1] ?? 0 }))
  const isGap = (now: number) => now === 0 || now === space
  const first = steps.filter(({ now, t }) => !isGap(now) && (t === 0 || steps[t - 1]?.now !== now))
  const spacedIn = (from: number, to: number) =>
    steps.slice(from, to).some((step) => isGap(step.now) && step.space <= 62)
  let [text, sum, lead] = ['', 0, 0]
  for (const [i, { now, t }] of first.entries()) {
    const end = steps.findIndex((step, k) => k > t && step.now !== now)
    const run = end < 0 ? steps.slice(t) : steps.slice(t, end)
    lead = Math.max(0, ...run.map(({ blank }) => blank))
    sum += lead
    const since = first[i - 1]?.t ?? t
    text += (i > 0 && spacedIn(since, t) ? ' ' : '') + alphabet[now - 1]
  }
  return { text, count: first.length, spaced: spacedIn((first.at(-1)?.t ?? -1) + 1, steps.length), lead, sum }
}

/** specs/exact-ocr.md, "Lines": which pieces make each line, in their order. */
export function orderLiterally(boxes: readonly Box[]): number[][] {
  const all = boxes.map((box, i) => ({ ...box, i }))
  all.sort((a, b) => a.top + a.bottom - b.top - b.bottom || a.i - b.i)
  const rowOf = new Map<number, number>()
  for (const piece of all) {
    const fits = all.filter((other) => {
      const overlap = Math.min(other.bottom, piece.bottom) - Math.max(other.top, piece.top)
      return rowOf.has(other.i) && 2 * overlap >= Math.min(other.bottom - other.top, piece.bottom - piece.top)
    })
    const rows = fits.map(({ i }) => rowOf.get(i) ?? 0)
    rowOf.set(piece.i, Math.min(new Set(rowOf.values()).size, ...rows))
  }
  const count = new Set(rowOf.values()).size
  return Array.from({ length: count }, (_, row) =>
    all
      .filter(({ i }) => rowOf.get(i) === row)
      .sort((a, b) => a.left + a.right - b.left - b.right || all.indexOf(a) - all.indexOf(b))
      .map(({ i }) => i),
  )
}
