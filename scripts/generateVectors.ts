import { writeFile } from 'node:fs/promises'
import { makeFormulaVectors } from '../packages/engine/src/exact/formula/reference/vectors.ts'
import { makeExactOcrVectors } from '../packages/engine/src/exact/ocr/reference/vectors.ts'
import { makeExactVectors } from '../packages/engine/src/exact/testing/reference/vectors.ts'
import { choiceVectors } from '../packages/engine/src/llama/generate/reference/vectors.ts'
import { textVectors } from '../packages/engine/src/text/reference/vectors.ts'
import { generationFileVectors } from '../packages/protocol/src/reference/generationFile.ts'
import { makeVectors } from '../packages/protocol/src/reference/vectors.ts'

// Writes specs/vectors from the independent implementations. The product's own code is checked against the files by
// packages/protocol/src/{,generation/}{vectors,generationFile}.test.ts and packages/engine/src/exact/{,formula/,ocr/}vectors.test.ts
// and packages/engine/src/llama/generate/chooseToken.test.ts and packages/engine/src/text/pieces/createPieceBpe.test.ts.
const all = {
  ...(await makeVectors()),
  'exact.json': makeExactVectors(),
  'exact-ocr.json': await makeExactOcrVectors(),
  'formulas.json': await makeFormulaVectors(),
  'generation.json': choiceVectors(),
  'generation-file.json': generationFileVectors(),
  'text.json': textVectors(),
}
for (const [name, value] of Object.entries(all)) {
  const file = new URL(`../specs/vectors/${name}`, import.meta.url)
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`)
}
