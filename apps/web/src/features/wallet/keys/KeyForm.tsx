import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useHome } from '../../../data/home.ts'
import { type Budgets, keysQuery, makeKey } from '../../../data/keys.ts'
import { parseWei } from '../../../lib/parseWei.ts'
import { AmountInput } from '../../../ui/AmountInput.tsx'
import { Button } from '../../../ui/Button.tsx'
import { Problem } from '../../../ui/Problem.tsx'
import { TextField } from '../../../ui/TextField.tsx'
import { NewKey } from './NewKey.tsx'

const EMPTY = { name: '', perCall: '', perDay: '', total: '' }
const BUDGETS = { perCall: 'A call, at most', perDay: 'A day, at most', total: 'In all, at most' } as const

/** Makes a key for a caller, and shows it, this once. */
export function KeyForm() {
  const { token } = useHome()
  const client = useQueryClient()
  const [texts, setTexts] = useState(EMPTY)
  const read = {
    perCall: parseWei(texts.perCall, token),
    perDay: parseWei(texts.perDay, token),
    total: parseWei(texts.total, token),
  }
  const isWrong = Object.values(read).some(({ error }) => error !== undefined)
  const { mutate, data, error, isPending, reset } = useMutation({
    mutationFn: ({ name, ...budgets }: Budgets & { name: string }) => makeKey(name, budgets),
    onSuccess: () => setTexts(EMPTY),
    onSettled: () => client.invalidateQueries({ queryKey: keysQuery.queryKey }),
  })
  if (data) return <NewKey secret={data} onDone={reset} />
  const name = texts.name.trim()
  return (
    <form
      aria-label="New key"
      className="panel space-y-4 px-4 py-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (name === '' || isWrong || isPending) return
        mutate({ name, perCall: read.perCall.wei, perDay: read.perDay.wei, total: read.total.wei })
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
        <TextField
          label="Name of the caller"
          maxLength={100}
          placeholder="my-app"
          value={texts.name}
          disabled={isPending}
          onChange={(text) => setTexts({ ...texts, name: text })}
        />
        {(Object.keys(BUDGETS) as (keyof typeof BUDGETS)[]).map((budget) => (
          <AmountInput
            key={budget}
            label={BUDGETS[budget]}
            placeholder="no bound"
            value={texts[budget]}
            disabled={isPending}
            error={read[budget].error}
            onChange={(text) => setTexts({ ...texts, [budget]: text })}
          />
        ))}
      </div>
      <Button type="submit" disabled={name === '' || isWrong || isPending}>
        {isPending ? 'Making…' : 'Make a key'}
      </Button>
      {error && <Problem error={error} />}
    </form>
  )
}
