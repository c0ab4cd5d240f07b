import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Model } from '../../data/models.ts'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Result } from './answer/Result.tsx'
import { Unproved } from './answer/Unproved.tsx'
import { Waiting } from './answer/Waiting.tsx'
import { askModel } from './askModel.ts'
import { QuestionForm } from './form/QuestionForm.tsx'
import { RulesForm } from './form/RulesForm.tsx'
import { useDraft } from './form/useDraft.ts'

/** One model: the question, the rules, and what came of it. */
export function Workbench({ model }: { model: Model }) {
  const draft = useDraft(model)
  const [text, setText] = useState('')
  const running = useRef<AbortController>(undefined)
  const ask = useMutation({
    mutationFn: () => {
      const { question, rules } = draft
      if (!question || !rules) throw new Error('There is nothing to ask yet.')
      running.current = new AbortController()
      setText('')
      return askModel(question, { model, rules, signal: running.current.signal, onText: setText })
    },
  })
  const isStopped = ask.error?.name === 'AbortError'
  return (
    <div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_18rem]">
      <form
        className="contents"
        onSubmit={(event) => {
          event.preventDefault()
          if (draft.question && draft.rules && !ask.isPending) ask.mutate()
        }}
      >
        <div className="space-y-4">
          <QuestionForm task={model.stoa.task} draft={draft} />
        </div>
        <aside aria-label="Rules for this call" className="space-y-4">
          <RulesForm model={model} draft={draft} />
          <div className="flex gap-2">
            <Button
              type="submit"
              kind="primary"
              className="grow"
              disabled={!draft.question || !draft.rules || ask.isPending}
            >
              {ask.isPending ? 'Asking' : 'Ask and pay'}
            </Button>
            {ask.isPending && <Button onClick={() => running.current?.abort()}>Stop</Button>}
          </div>
        </aside>
      </form>
      <div className="min-w-0 space-y-6 lg:col-span-2" aria-live="polite">
        {ask.isPending && <Waiting text={text} />}
        {ask.error && text !== '' && <Unproved text={text} />}
        {ask.error && !isStopped && <Problem error={ask.error} />}
        {isStopped && (
          <p className="text-muted">
            Stopped. If the provider had begun, the call is finished, paid for and kept with the receipts.
          </p>
        )}
        {ask.data && !ask.isPending && <Result bought={ask.data} />}
      </div>
    </div>
  )
}
