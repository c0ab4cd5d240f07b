import { type Canvas, createCanvas, type SKRSContext2D } from '@napi-rs/canvas'
import { dropAlpha } from './dropAlpha.ts'
import { type Face, familyOf } from './fonts.ts'
import { random } from './random.ts'

/** How a text is set and spoiled. Lengths are pixels, angles degrees clockwise, colours 0…255 grey levels or CSS. */
export type TextImage = {
  /** Each line is one or more columns: the first starts at the left, the others end at the right. */
  lines: readonly (readonly string[])[]
  face: Face
  size: number
  /** Distance of base lines as a multiple of `size`. */
  leading: number
  margin: number
  ink: string
  /** One colour, or two for a gradient from left to right. */
  paper: readonly [string] | readonly [string, string]
  angle: number
  /** Standard deviation of the noise on every channel. */
  noise: number
  /** Passes of a 1-2-1 filter, both ways. */
  blur: number
  seed: number
}

/** The image, and what a reader should read. */
export type RenderedText = { canvas: Canvas; truth: string }

/** Sets the text, turns it, blurs it and adds noise. `registerFonts` must have run. */
export function renderText(text: TextImage): RenderedText {
  const block = measure(text)
  const canvas = createCanvas(...turnedSize(block, text.angle))
  const context = canvas.getContext('2d')
  paint(context, canvas, text.paper)
  context.translate(canvas.width / 2, canvas.height / 2)
  context.rotate((text.angle * Math.PI) / 180)
  context.translate(-block.width / 2, -block.height / 2)
  setLines(context, text, block)
  const { width, height } = canvas
  const pixels = context.getImageData(0, 0, width, height)
  let rgb = dropAlpha(pixels.data)
  for (let pass = 0; pass < text.blur; pass++)
    rgb = smooth(smooth(rgb, width, height, 3, width * 3), height, width, width * 3, 3)
  addNoise(rgb, text)
  rgb.forEach((value, i) => {
    pixels.data[Math.floor(i / 3) * 4 + (i % 3)] = value
  })
  context.putImageData(pixels, 0, 0)
  return { canvas, truth: text.lines.map((columns) => columns.join(' ')).join('\n') }
}

type Block = { width: number; height: number }

function fontOf({ size, face }: TextImage): string {
  return `${size}px "${familyOf(face)}"`
}

function measure(text: TextImage): Block {
  const context = createCanvas(8, 8).getContext('2d')
  context.font = fontOf(text)
  const gap = 3 * text.size
  const widths = text.lines.map((columns) =>
    columns.reduce((sum, column) => sum + context.measureText(column).width, gap * (columns.length - 1)),
  )
  return {
    width: Math.ceil(Math.max(...widths)) + 2 * text.margin,
    height: Math.ceil(text.size * (text.leading * (text.lines.length - 1) + 1.25)) + 2 * text.margin,
  }
}

function turnedSize({ width, height }: Block, angle: number): [number, number] {
  const [cos, sin] = [Math.abs(Math.cos((angle * Math.PI) / 180)), Math.abs(Math.sin((angle * Math.PI) / 180))]
  return [Math.ceil(width * cos + height * sin - 1e-9), Math.ceil(width * sin + height * cos - 1e-9)]
}

function paint(context: SKRSContext2D, { width, height }: Block, [from, to = from]: TextImage['paper']): void {
  const gradient = context.createLinearGradient(0, 0, width, 0)
  gradient.addColorStop(0, from)
  gradient.addColorStop(1, to)
  context.fillStyle = gradient
  context.fillRect(0, 0, width, height)
}

function setLines(context: SKRSContext2D, text: TextImage, { width }: Block): void {
  context.font = fontOf(text)
  context.fillStyle = text.ink
  text.lines.forEach(([first = '', ...others], i) => {
    const y = text.margin + text.size * (1 + i * text.leading)
    context.textAlign = 'left'
    context.fillText(first, text.margin, y)
    context.textAlign = 'right'
    for (const column of others) context.fillText(column, width - text.margin, y)
  })
}

/** 1-2-1 along lines of `length` samples `step` apart, for `count` lines `pitch` apart, in each channel. */
function smooth(from: Uint8Array, length: number, count: number, step: number, pitch: number): Uint8Array {
  const to = new Uint8Array(from.length)
  for (let line = 0; line < count; line++) {
    for (let i = 0; i < length; i++) {
      for (let c = 0; c < 3; c++) {
        const at = line * pitch + i * step + c
        const [before, after] = [i > 0 ? at - step : at, i + 1 < length ? at + step : at]
        to[at] = ((from[before] ?? 0) + 2 * (from[at] ?? 0) + (from[after] ?? 0) + 2) >> 2
      }
    }
  }
  return to
}

function addNoise(rgb: Uint8Array, { noise, seed }: TextImage): void {
  if (noise === 0) return
  const source = random(seed)
  for (let i = 0; i < rgb.length; i++) {
    rgb[i] = Math.min(255, Math.max(0, Math.round((rgb[i] ?? 0) + noise * source.normal())))
  }
}
