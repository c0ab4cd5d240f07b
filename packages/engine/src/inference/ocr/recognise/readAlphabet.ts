/**
 * The classes of the recogniser after the blank: one for each line of the dictionary file, then the space, which the file can't
 * hold. Line ends may be LF or CRLF.
 */
export function readAlphabet(file: string): string[] {
  const lines = file.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return [...lines, ' ']
}
