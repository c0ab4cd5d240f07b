/** Texts are compared with every run of white space as one space: line breaks are a matter of layout, missing spaces are errors. */
export function normaliseSpace(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** Least number of characters to insert, delete or replace to make one text of the other (Levenshtein 1966). */
export function editDistance(from: string, to: string): number {
  const [a, b] = [Array.from(from), Array.from(to)]
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const replaced = (previous[j] ?? 0) + (a[i] === b[j] ? 0 : 1)
      row.push(Math.min(replaced, (previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1))
    }
    previous = row
  }
  return previous[b.length] ?? 0
}

/** Characters that are right, of all that there are: 1 − edits / length of the truth, over all samples together, never below 0. */
export function characterAccuracy(samples: readonly { truth: string; read: string }[]): number {
  let [edits, length] = [0, 0]
  for (const { truth, read } of samples) {
    const [expected, got] = [normaliseSpace(truth), normaliseSpace(read)]
    edits += Math.min(editDistance(expected, got), expected.length)
    length += expected.length
  }
  return length === 0 ? 1 : 1 - edits / length
}
