import type { Tensor } from '@stoa/protocol'
import { type OddsMap, scanPieces } from '../pieces/scanPieces.ts'
import { stateTensor } from '../pieces/stateTensor.ts'

/** The state of the scan of a map after a row. */
export function scanStates(odds: OddsMap, row: number): Tensor {
  let rows = 0
  let found: Tensor | undefined
  scanPieces(odds, (state, pieces) => {
    if (rows++ === row) found = stateTensor(state, pieces)
  })
  if (!found) throw new RangeError(`the map has no row ${row}`)
  return found
}
