import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { callDraft, draftQuery } from '../../data/draft.ts'
import { Button } from '../../ui/Button.tsx'
import { Field, INPUT } from '../../ui/Field.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Select } from '../../ui/Select.tsx'
import { TextField } from '../../ui/TextField.tsx'
import { type CardForm, readForm } from './cardForm.ts'

const TASKS = {
  graph: 'Any network: tensors in, tensors out',
  embedding: 'Embedding: text in, a vector out',
  ocr: 'OCR: a picture in, its text out',
  generate: 'Generation: text in, text out',
  chat: 'Chat: messages in, the next one out, by a server',
} as const
const ROUNDING = {
  rounding: 'Rounds as each machine does: answers are signed',
  exact: 'Exact (exact/1): answers can be computed again to the bit',
} as const

type CardStepProps = { form: CardForm; onForm: (form: CardForm) => void; onSaved: () => void }

/** What the model says of itself: the words that buyers see. */
export function CardStep({ form, onForm, onSaved }: CardStepProps) {
  const client = useQueryClient()
  const [isTold, setTold] = useState(false)
  const { card, errors } = readForm(form)
  const { mutate, error, isPending } = useMutation({
    mutationFn: (body: unknown) => callDraft('/card', { method: 'PUT', body }),
    onSuccess: (now) => {
      client.setQueryData(draftQuery.queryKey, now)
      onSaved()
    },
  })
  const words = (field: 'name' | 'title' | 'licence' | 'source' | 'languages', label: string, note: string) => (
    <TextField
      label={label}
      note={note}
      error={isTold ? errors[field] : undefined}
      maxLength={1_000}
      value={form[field]}
      onChange={(text) => onForm({ ...form, [field]: text })}
    />
  )
  return (
    <form
      aria-label="Card"
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        setTold(true)
        if (card) mutate(card)
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        {words('name', 'Name', 'What callers write, such as mine/embed.')}
        {words('title', 'Title', 'What people read in the market.')}
        <div className="flex min-w-0 flex-col gap-1">
          <span className="text-sm font-medium">Task</span>
          <Select label="Task" options={TASKS} value={form.task} onChange={(task) => onForm({ ...form, task })} />
        </div>
        <div className="flex min-w-0 flex-col gap-1">
          <span className="text-sm font-medium">Arithmetic</span>
          <Select
            label="Arithmetic"
            options={ROUNDING}
            value={form.exact}
            onChange={(exact) => onForm({ ...form, exact })}
          />
        </div>
        {words('licence', 'Licence', 'Such as Apache-2.0.')}
        {words('languages', 'Languages', 'Codes with commas between; may be empty.')}
      </div>
      {words('source', 'Source', 'Where the weights come from.')}
      <Field label="Description" error={isTold ? errors.description : undefined}>
        {(ids) => (
          <textarea
            {...ids}
            rows={3}
            maxLength={4_000}
            value={form.description}
            onChange={({ target }) => onForm({ ...form, description: target.value })}
            className={`${INPUT} w-full`}
          />
        )}
      </Field>
      <Button type="submit" kind="primary" disabled={isPending}>
        {isPending ? 'Keeping…' : 'Keep the card'}
      </Button>
      {error && <Problem error={error} />}
    </form>
  )
}
