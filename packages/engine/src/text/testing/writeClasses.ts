import { writeFile } from 'node:fs/promises'
import { classesSource } from './makeClassRanges.ts'

// Pins letters and numbers as the Unicode version of this Node.js has them. Another version is another tokenizer: specs/text.md
// names the version and the digest of the table, and both change with it.
await writeFile(
  new URL('../unicode/generated/classes.ts', import.meta.url),
  classesSource(process.versions.unicode ?? 'unknown'),
)
