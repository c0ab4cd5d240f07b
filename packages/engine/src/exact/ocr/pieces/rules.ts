import type { Area } from './area.ts'

/** From this value of the detector's map on a pixel is text: sixteenths of a natural logarithm of odds, here of 0.44, a probability of 0.31. */
const TEXT_FROM = -13

/** Least height of a piece, and least number of its pixels: smaller ones are specks. */
const MIN_HEIGHT = 3
const MIN_PIXELS = 9

/** Least mean of a piece's values: odds of 1.65, a probability of 0.62. */
const MEAN_FROM = 8

/** Most runs of text in a row; what stands behind them is not read. So what is known after a row is little enough for a contract, whatever the picture. */
export const MAX_RUNS = 64

/** Most pieces of a page; what ends after them is not read. */
export const MAX_PIECES = 256

export const isText = (value: number): boolean => value >= TEXT_FROM

export const isPiece = ({ top, bottom, pixels, sum }: Area): boolean =>
  bottom - top >= MIN_HEIGHT && pixels >= MIN_PIXELS && sum >= MEAN_FROM * pixels
