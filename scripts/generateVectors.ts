import { writeFile } from 'node:fs/promises'
import { makeVectors } from '../packages/protocol/src/reference/vectors.ts'

// Writes specs/vectors from the independent implementations. The product's own code is checked against the files by
// packages/protocol/src/vectors.test.ts.
for (const [name, value] of Object.entries(await makeVectors())) {
  const file = new URL(`../specs/vectors/${name}`, import.meta.url)
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`)
}
