import { InvalidPlanError } from '../errors.ts'
import type { Plan, PlannedGrid } from './planGrids.ts'

/** A plan as JSON: for each tensor its least and its largest integer and the scale or scales, and the shared scales. */
export type PlanFile = {
  /** SHA-256 of the .onnx file that the plan is for, in hexadecimal. */
  readonly source: string
  readonly grids: Readonly<Record<string, readonly [lo: number, hi: number, ...scales: number[]]>>
  readonly shared: Readonly<Record<string, number>>
}

export function encodePlan({ grids, shared }: Plan, source: string): PlanFile {
  return {
    source,
    grids: Object.fromEntries([...grids].map(([name, { lo, hi, scales }]) => [name, [lo, hi, ...scales]])),
    shared: Object.fromEntries(shared),
  }
}

/** The plan in a file that `encodePlan` made. Throws `InvalidPlanError`. */
export function decodePlan(file: unknown): Plan & { readonly source: string } {
  if (!isRecord(file) || typeof file.source !== 'string')
    throw new InvalidPlanError('it does not say which file it is for')
  const { source, grids, shared } = file
  if (!isRecord(grids) || !isRecord(shared)) throw new InvalidPlanError('grids or shared scales are missing')
  return {
    source,
    grids: new Map(Object.entries(grids).map(([name, grid]) => [name, decodeGrid(name, grid)])),
    shared: new Map(Object.entries(shared).map(([name, scale]) => [name, positive(name, scale)])),
  }
}

function decodeGrid(name: string, grid: unknown): PlannedGrid {
  const [lo, hi, ...scales] = Array.isArray(grid) ? (grid as unknown[]) : []
  if (!Number.isSafeInteger(lo) || !Number.isSafeInteger(hi) || scales.length === 0) {
    throw new InvalidPlanError(`"${name}" has no bounds or no scale`)
  }
  return { lo: lo as number, hi: hi as number, scales: Float64Array.from(scales, (scale) => positive(name, scale)) }
}

function positive(name: string, scale: unknown): number {
  if (typeof scale === 'number' && scale > 0 && scale < Infinity) return scale
  throw new InvalidPlanError(`a scale of "${name}" is no positive number`)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
