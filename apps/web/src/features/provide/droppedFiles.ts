/** What was dropped: files, those of a folder included, and folders within it, which no model has. */
export type Dropped = { files: readonly File[]; folders: readonly string[] }

/** Reads what a drop holds (File and Directory Entries API). Has to be called while the drop is handled: its items are gone afterwards. */
export function droppedFiles(transfer: DataTransfer): Promise<Dropped> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  return collect(entries)
}

async function collect(entries: readonly FileSystemEntry[]): Promise<Dropped> {
  const files: File[] = []
  const folders: string[] = []
  for (const entry of entries) {
    if (isFile(entry)) files.push(await fileOf(entry))
    else if (isFolder(entry))
      for (const inner of await entriesOf(entry)) {
        if (isFile(inner)) files.push(await fileOf(inner))
        else folders.push(inner.name)
      }
  }
  return { files, folders }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject))
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  // A reader gives some at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return all
    all.push(...some)
  }
}
