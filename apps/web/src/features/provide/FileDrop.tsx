import { cx } from '../../lib/cx.ts'
import { useDropZone } from '../../lib/useDropZone.ts'
import { FileButton } from '../../ui/FileButton.tsx'
import { Icon } from '../../ui/icons.tsx'
import { droppedFiles } from './droppedFiles.ts'

type FileDropProps = {
  /** `folders`: names of those that lay within a folder that was dropped. */
  onFiles: (files: readonly File[], folders?: readonly string[]) => void
  disabled: boolean
  isFirst: boolean
}

/** A place for files: dropped, or chosen, or a whole folder. */
export function FileDrop({ onFiles, disabled, isFirst }: FileDropProps) {
  const { isOver, handlers } = useDropZone((transfer) => {
    if (!disabled) void droppedFiles(transfer).then(({ files, folders }) => onFiles(files, folders))
  })
  return (
    <section
      aria-label="Choose files"
      {...handlers}
      className={cx(
        'flex flex-col items-center gap-2 rounded-[10px] border-2 border-dashed px-4 text-center',
        isFirst ? 'py-8' : 'py-4',
        isOver ? 'border-accent bg-accent-soft' : 'border-line-strong/60',
      )}
    >
      {isFirst && <Icon name="provide" className="size-8 text-muted" />}
      <p>Drop the model’s files here: the .onnx file, and what belongs to it, such as a tokenizer</p>
      <div className="flex flex-wrap justify-center gap-2">
        <FileButton label="Choose files" takes="files" onFiles={onFiles} disabled={disabled} />
        <FileButton label="Choose a folder" takes="folder" onFiles={onFiles} disabled={disabled} />
      </div>
      <p className="text-sm text-muted">A card.json among them fills in the card. 64 files at most, 4 GB each.</p>
    </section>
  )
}
