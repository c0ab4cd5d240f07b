import { FACE_NAMES } from './fonts.ts'
import { type Random, random } from './random.ts'
import type { TextImage } from './renderText.ts'
import { writeLine } from './writeText.ts'

export type Case = { kind: Kind; image: TextImage }

/** What each kind does to an otherwise plain line or two of black on white. */
const SPOIL = {
  plain: () => ({}),
  small: (random: Random) => ({ size: random.whole(11, 14) }),
  large: (random: Random) => ({ size: random.whole(48, 80), lines: writeLines(random, 1, 2) }),
  noisy: (random: Random) => ({ noise: random.between(10, 40) }),
  blurred: (random: Random) => ({ blur: random.whole(2, 5), size: random.whole(20, 32) }),
  faint: (random: Random) => faint(random),
  inverted: (random: Random) => ({
    ink: random.pick(['#fff', '#ffd', '#9f9']),
    paper: [random.pick(['#000', '#123', '#402'])],
  }),
  shaded: (random: Random) => ({
    paper: random.pick([
      ['#fff', '#999'],
      ['#fe9', '#c96'],
      ['#9cf', '#eef'],
    ]),
  }),
  tilted: (random: Random) => ({ angle: random.between(-12, 12) }),
  paragraph: (random: Random) => ({
    lines: writeLines(random, random.whole(5, 8), random.whole(3, 5)),
    size: random.whole(15, 22),
  }),
  bill: (random: Random) => ({ lines: writeBill(random), size: random.whole(16, 24) }),
  upsideDown: (random: Random) => ({ angle: 180 + random.between(-3, 3) }),
  sideways: (random: Random) => ({
    angle: random.pick([90, 270]) + random.between(-3, 3),
    lines: writeLines(random, 2, 3),
  }),
} satisfies Record<string, (random: Random) => Spoiled>

type Spoiled = { -readonly [K in keyof TextImage]?: K extends 'paper' ? readonly string[] : TextImage[K] }
export type Kind = keyof typeof SPOIL
export const KINDS = Object.keys(SPOIL) as [Kind, ...Kind[]]

/** `perKind` images of each kind; the same for the same seed. */
export function makeCases(perKind: number, seed: number): Case[] {
  const source = random(seed)
  return KINDS.flatMap((kind) =>
    Array.from({ length: perKind }, () => ({ kind, image: { ...plain(source), ...SPOIL[kind](source) } as TextImage })),
  )
}

function plain(random: Random): TextImage {
  return {
    lines: writeLines(random, random.whole(1, 2), random.whole(2, 4)),
    face: random.pick(FACE_NAMES),
    size: random.whole(18, 34),
    leading: random.between(1.12, 1.6),
    margin: random.whole(10, 30),
    ink: '#000',
    paper: ['#fff'],
    angle: 0,
    noise: 0,
    blur: 0,
    seed: random.whole(1, 2 ** 31 - 1),
  }
}

function writeLines(random: Random, count: number, words: number): string[][] {
  return Array.from({ length: count }, () => [writeLine(random, words)])
}

function writeBill(random: Random): string[][] {
  return Array.from({ length: random.whole(2, 4) }, () => [
    writeLine(random, 2),
    `${random.whole(1, 99)}.${random.whole(10, 99)}`,
  ])
}

function faint(random: Random): Spoiled {
  const paper = random.whole(120, 235)
  const ink = paper - random.whole(45, 80)
  return { ink: `rgb(${ink},${ink},${ink})`, paper: [`rgb(${paper},${paper},${paper})`] }
}
