import type { ReactNode } from 'react'
import type { Task } from '../../../data/models.ts'
import { Field, INPUT } from '../../../ui/Field.tsx'
import { FileButton } from '../../../ui/FileButton.tsx'
import { ImageDrop } from './ImageDrop.tsx'
import { SamplingForm } from './SamplingForm.tsx'
import type { Draft } from './useDraft.ts'

/** What is asked, in the form that the model's task takes. */
export function QuestionForm({ task, draft }: { task: Task; draft: Draft }) {
  if (task === 'ocr') return <ImageDrop file={draft.file} onFile={draft.setFile} />
  const { label, note, rows, placeholder } = TEXTS[task]
  return (
    <>
      <Field label={label} note={note}>
        {(ids) => (
          <textarea
            {...ids}
            rows={rows}
            spellCheck={task !== 'graph'}
            placeholder={placeholder}
            value={draft.text}
            onChange={({ target }) => draft.setText(target.value)}
            // As where people write messages: Enter is a new line, with Ctrl or Command it sends.
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit()
            }}
            className={`${INPUT} w-full resize-y ${task === 'graph' ? 'font-mono text-sm' : ''}`}
          />
        )}
      </Field>
      {task === 'graph' && (
        <FileButton
          label="Take it from a file"
          accept="application/json,.json"
          onFiles={([file]) => void file?.text().then(draft.setText)}
        />
      )}
      {(task === 'generate' || task === 'chat') && <SamplingForm draft={draft} />}
    </>
  )
}

const ENTER = <span className="pointer-coarse:hidden">Ctrl and Enter ask.</span>

const TEXTS: Readonly<
  Record<Exclude<Task, 'ocr'>, { label: string; note: ReactNode; rows: number; placeholder: string }>
> = {
  generate: { label: 'Prompt', note: ENTER, rows: 5, placeholder: 'Who are you?' },
  chat: { label: 'Message', note: ENTER, rows: 5, placeholder: 'Who are you?' },
  embedding: {
    label: 'Text',
    note: 'Of one text the first 128 tokens are embedded, some 90 English words.',
    rows: 5,
    placeholder: 'Philosophers taught in the open.',
  },
  graph: {
    label: 'Tensors',
    note: 'JSON of the Open Inference Protocol; names, shapes and types are the model’s own, and its description should tell them.',
    rows: 10,
    placeholder: '{"inputs": [{"name": "image", "shape": [1, 4], "datatype": "UINT8", "data": [1, 2, 3, 4]}]}',
  },
}
