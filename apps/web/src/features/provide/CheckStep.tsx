import { useMutation, useQueryClient } from '@tanstack/react-query'
import { callDraft, draftQuery } from '../../data/draft.ts'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'

/** Opens the model as the node will, before anything is paid. */
export function CheckStep() {
  const client = useQueryClient()
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => callDraft('/check', { body: {} }),
    onSuccess: (now) => client.setQueryData(draftQuery.queryKey, now),
  })
  return (
    <div className="space-y-3">
      <p className="text-muted">
        The files are opened as your node will open them, so that you don’t pay to publish what can’t be served.
      </p>
      <Button kind="primary" disabled={isPending} onClick={() => mutate()}>
        {isPending ? 'Opening the model…' : 'Check the model'}
      </Button>
      {error && <Problem error={error} />}
    </div>
  )
}
