import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Tabs } from 'radix-ui'
import { callDraft, type Draft, draftQuery } from '../../data/draft.ts'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { TAB, TAB_LIST } from '../../ui/tabs.ts'
import { Words } from '../../ui/Words.tsx'
import { FilesStep } from './FilesStep.tsx'
import { ServerForm } from './ServerForm.tsx'
import { useIntake } from './useIntake.ts'

type SourceStepProps = { draft: Draft; onCard: (card: File) => void; onServer: (draft: Draft) => void }

/** Where answers come from: files that this home's node opens, or a server that it asks. */
export function SourceStep({ draft, onCard, onServer }: SourceStepProps) {
  const { upstream, files, published } = draft
  const intake = useIntake(draft, onCard)
  if (upstream) return <Server upstream={upstream} isFixed={published !== undefined} />
  if (files.length > 0 || published) return <FilesStep draft={draft} intake={intake} />
  return (
    <Tabs.Root defaultValue="files" className="space-y-4">
      <Tabs.List aria-label="Where answers come from" className={TAB_LIST}>
        <Tabs.Trigger value="files" className={TAB}>
          Files of yours
        </Tabs.Trigger>
        <Tabs.Trigger value="server" className={TAB}>
          A server by URL
        </Tabs.Trigger>
      </Tabs.List>
      {/* Both stay, so that what was typed does, too. */}
      <Tabs.Content value="files" forceMount className="data-[state=inactive]:hidden">
        <FilesStep draft={draft} intake={intake} />
      </Tabs.Content>
      <Tabs.Content value="server" forceMount className="space-y-4 data-[state=inactive]:hidden">
        <p className="max-w-prose text-muted">
          Any OpenAI-compatible server (vLLM, llama.cpp, Ollama, a hosted one), or one of the Open Inference Protocol.
          Your node asks it and signs what it says: such answers are attested, and no contract judges them.
        </p>
        <ServerForm onTaken={onServer} />
      </Tabs.Content>
    </Tabs.Root>
  )
}

function Server({ upstream, isFixed }: { upstream: NonNullable<Draft['upstream']>; isFixed: boolean }) {
  const client = useQueryClient()
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => callDraft('', { method: 'DELETE' }),
    onSuccess: (now) => client.setQueryData(draftQuery.queryKey, now),
  })
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-3">
        <Icon name="check" className="shrink-0 text-good" />
        <p className="min-w-0 grow">
          <span className="font-mono text-[0.92em]">
            <Words text={upstream.url} most={200} />
          </span>{' '}
          has{' '}
          <span className="font-medium">
            <Words text={upstream.model} most={100} />
          </span>
          <span className="text-muted">
            , speaks {upstream.protocol === 'openai' ? 'OpenAI’s API' : 'the Open Inference Protocol'}
            {upstream.hasKey && ', takes your key'}
          </span>
        </p>
        {!isFixed && (
          <Button disabled={isPending} onClick={() => mutate()}>
            Begin anew
          </Button>
        )}
      </div>
      {error && <Problem error={error} />}
    </div>
  )
}
