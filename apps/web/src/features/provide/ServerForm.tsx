import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { callDraft, type Draft, draftQuery } from '../../data/draft.ts'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { TextField } from '../../ui/TextField.tsx'

const FEATURES = { tools: 'Tools', json_schema: 'JSON schemas', images: 'Pictures' } as const
type Feature = keyof typeof FEATURES

/** A server that answers in place of files: named here, and asked before anything else. */
export function ServerForm({ onTaken }: { onTaken: (draft: Draft) => void }) {
  const client = useQueryClient()
  const [url, setUrl] = useState('')
  const [model, setModel] = useState('')
  const [key, setKey] = useState('')
  const [features, setFeatures] = useState<readonly Feature[]>([])
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => {
      const body = { url: url.trim(), model: model.trim(), features, ...(key.trim() && { key: key.trim() }) }
      return callDraft('/upstream', { method: 'PUT', body })
    },
    onSuccess: (now) => {
      client.setQueryData(draftQuery.queryKey, now)
      onTaken(now)
    },
  })
  const isWrong = url.trim() !== '' && !(URL.canParse(url.trim()) && /^https?:/.test(url.trim()))
  return (
    <form
      aria-label="Server"
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (url.trim() && model.trim() && !isWrong && !isPending) mutate()
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="URL"
          note="As the server’s clients have it: with /v1 for an OpenAI-compatible one."
          error={isWrong ? 'Give a URL with http:// or https://.' : undefined}
          inputMode="url"
          maxLength={1_000}
          placeholder="http://127.0.0.1:11434/v1"
          value={url}
          disabled={isPending}
          onChange={setUrl}
        />
        <TextField
          label="Model"
          note="What it is called there."
          maxLength={200}
          value={model}
          disabled={isPending}
          onChange={setModel}
        />
        <TextField
          label="Key"
          note="May stay empty. It is kept in your Stoa’s folder, and sent to this server alone."
          type="password"
          maxLength={4_096}
          value={key}
          disabled={isPending}
          onChange={setKey}
        />
        <fieldset className="space-y-1">
          <legend className="text-sm font-medium">Takes, besides text</legend>
          {(Object.keys(FEATURES) as Feature[]).map((feature) => (
            <label key={feature} className="mr-4 inline-flex min-h-9 items-center gap-2">
              <input
                type="checkbox"
                checked={features.includes(feature)}
                disabled={isPending}
                onChange={({ target }) =>
                  setFeatures(target.checked ? [...features, feature] : features.filter((each) => each !== feature))
                }
                className="size-4 accent-accent"
              />
              {FEATURES[feature]}
            </label>
          ))}
        </fieldset>
      </div>
      <Button type="submit" kind="primary" disabled={!url.trim() || !model.trim() || isWrong || isPending}>
        {isPending ? 'Asking the server…' : 'Ask the server'}
      </Button>
      {error && <Problem error={error} />}
    </form>
  )
}
