import { useEffect, useId } from 'react'
import { cx } from '../../../lib/cx.ts'
import { useDropZone } from '../../../lib/useDropZone.ts'
import { useObjectUrl } from '../../../lib/useObjectUrl.ts'
import { Button } from '../../../ui/Button.tsx'
import { Icon } from '../../../ui/icons.tsx'
import { drawSample } from './drawSample.ts'

/** What the gateway decodes (specs/gateway-http.md, "Images"). */
const TYPES = 'image/png,image/jpeg,image/webp,image/gif,image/tiff'

/** A place for a picture: dropped, pasted, or chosen. */
export function ImageDrop({ file, onFile }: { file: File | undefined; onFile: (file: File | undefined) => void }) {
  const id = useId()
  const { isOver, handlers } = useDropZone(({ files }) => onFile(files[0]))
  useEffect(() => {
    const paste = ({ clipboardData }: ClipboardEvent) => {
      const [pasted] = clipboardData?.files ?? []
      if (pasted?.type.startsWith('image/')) onFile(pasted)
    }
    document.addEventListener('paste', paste)
    return () => document.removeEventListener('paste', paste)
  }, [onFile])
  return (
    <div className="space-y-2">
      <label
        htmlFor={id}
        {...handlers}
        className={cx(
          'flex min-h-48 cursor-pointer flex-col items-center justify-center gap-2 rounded-[10px] border-2 border-dashed p-6 text-center',
          'focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent',
          isOver ? 'border-accent bg-accent-soft' : 'border-line-strong/60 bg-surface',
        )}
      >
        {file ? (
          <Preview file={file} />
        ) : (
          <>
            <Icon name="image" className="size-8 text-muted" />
            <span className="font-medium">Drop a picture with text, paste one, or choose a file</span>
            <span className="text-sm text-muted">PNG, JPEG, WebP, GIF or TIFF, at most 4,096 pixels a side</span>
          </>
        )}
        <input
          id={id}
          type="file"
          accept={TYPES}
          className="sr-only"
          onChange={({ target }) => target.files?.[0] && onFile(target.files[0])}
        />
      </label>
      <Button onClick={() => void drawSample().then(onFile)}>Use a sample picture</Button>
    </div>
  )
}

function Preview({ file }: { file: File }) {
  const url = useObjectUrl(file)
  return (
    <>
      {url && <img src={url} alt="What will be read" className="max-h-64 max-w-full rounded border border-line" />}
      <span className="text-sm break-all text-muted">
        <bdi>{file.name}</bdi>
      </span>
    </>
  )
}
