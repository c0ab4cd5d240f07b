import { useMutation, useQueryClient } from '@tanstack/react-query'
import { callDraft, draftQuery } from '../../data/draft.ts'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'

/** Opens the model as the node will, or asks its server, before anything is paid. */
export function CheckStep({ isServer }: { isServer: boolean }) {
  const client = useQueryClient()
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => callDraft('/check', { body: {} }),
    onSuccess: (now) => client.setQueryData(draftQuery.queryKey, now),
  })
  return (
    <div className="space-y-3">
      <p className="text-muted">
        {isServer
          ? 'The server is asked whether it has the model, and the card compared with what it speaks,'
          : 'The files are opened as your node will open them,'}{' '}
        so that you don’t pay to publish what can’t be served.
      </p>
      <Button kind="primary" disabled={isPending} onClick={() => mutate()}>
        {!isPending ? 'Check the model' : isServer ? 'Asking the server…' : 'Opening the model…'}
      </Button>
      {error && <Problem error={error} />}
    </div>
  )
}
