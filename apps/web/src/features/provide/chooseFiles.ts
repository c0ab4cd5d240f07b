/** Bytes and files that a draft may have (specs/dashboard-http.md, "Providing"). */
export const MOST_FILES = 64
export const MOST_FILE_BYTES = 4_000_000_000

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/** Why nothing of a folder within a folder is taken. */
export const IN_FOLDER = 'It lies in a folder within the folder; a model’s files have no folders.'

export type Chosen = {
  take: readonly File[]
  /** The author's own description of the model, which is not one of its files. */
  card: File | undefined
  /** What is left out, and why. */
  refused: readonly { name: string; why: string }[]
}

/** Sorts what a person chose: what can be a file of a model, what describes it, and what can be neither. */
export function chooseFiles(files: readonly File[], known: readonly string[] = []): Chosen {
  const take: File[] = []
  const refused: { name: string; why: string }[] = []
  let card: File | undefined
  for (const file of files) {
    const why = whyNot(file, take, known)
    if (file.name === 'card.json' && depthOf(file) <= 1) card = file
    else if (why) refused.push({ name: file.webkitRelativePath || file.name, why })
    else take.push(file)
  }
  return { take, card, refused }
}

function whyNot(file: File, taken: readonly File[], known: readonly string[]): string | undefined {
  if (depthOf(file) > 1) return IN_FOLDER
  if (file.name.startsWith('.')) return 'Hidden files are not part of a model.'
  if (!NAME.test(file.name)) return 'Its name may have letters, digits, dots, dashes and underscores, 128 at most.'
  if (file.size === 0) return 'It is empty.'
  if (file.size > MOST_FILE_BYTES) return 'It has more than 4 GB; publish it in a terminal: stoa publish <folder>.'
  if (taken.some(({ name }) => name === file.name)) return 'Another file has the same name.'
  const others = new Set([...known, ...taken.map(({ name }) => name)])
  if (!others.has(file.name) && others.size >= MOST_FILES) return `A model has at most ${MOST_FILES} files.`
  return undefined
}

/** Folders around a file of a folder that was chosen. */
function depthOf(file: File): number {
  return file.webkitRelativePath === '' ? 0 : file.webkitRelativePath.split('/').length - 1
}
