/**
 * Rows of a query or key matrix back in Hugging Face's order, in place of the order that llama.cpp's converter gives them: there the two rows of a
 * rotary pair stand side by side, 2j and 2j + 1 of a head, here they are j and j + headDim / 2. `rows`: elements row by row.
 */
export function undoPermutation(rows: Float32Array, heads: number, headDim: number): Float32Array {
  const columns = rows.length / (heads * headDim)
  const out = new Float32Array(rows.length)
  for (let head = 0; head < heads; head += 1) {
    for (let row = 0; row < headDim; row += 1) {
      const from = head * headDim + row
      const to = head * headDim + (row >> 1) + (row & 1) * (headDim / 2)
      out.set(rows.subarray(from * columns, (from + 1) * columns), to * columns)
    }
  }
  return out
}
