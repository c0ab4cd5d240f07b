import { useMutation, useQueryClient } from '@tanstack/react-query'
import { callDraft, type Draft, draftQuery } from '../../data/draft.ts'
import { formatBytes } from '../../lib/formatBytes.ts'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Words } from '../../ui/Words.tsx'
import { FileDrop } from './FileDrop.tsx'
import type { Intake } from './useIntake.ts'

/** The files of the weights: named and measured here, hashed here, copied to the home and hashed again there. */
export function FilesStep({ draft, intake }: { draft: Draft; intake: Intake }) {
  const client = useQueryClient()
  const { moving, error, isPending, refused, choose, forgetRefused } = intake
  const remove = useMutation({
    mutationFn: (path: string) => callDraft(`/files/${encodeURIComponent(path)}`, { method: 'DELETE' }),
    onSuccess: (now) => client.setQueryData(draftQuery.queryKey, now),
  })
  const isFixed = draft.published !== undefined
  return (
    <div className="space-y-3">
      {draft.files.length > 0 && (
        <ul aria-label="Files of the model" className="divide-y divide-line rounded-md border border-line">
          {draft.files.map(({ path, bytes }) => (
            <li key={path} className="flex min-h-10 items-center gap-3 px-3 py-1">
              <Icon name="check" className="shrink-0 text-good" />
              <span className="min-w-0 grow font-mono text-[0.92em]">
                <Words text={path} />
              </span>
              <span className="whitespace-nowrap text-muted">{formatBytes(bytes)}</span>
              {!isFixed && (
                <button
                  type="button"
                  disabled={isPending || remove.isPending}
                  onClick={() => remove.mutate(path)}
                  className="inline-flex size-8 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink"
                >
                  <Icon name="cross" />
                  <span className="sr-only">Take out {path}</span>
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {moving && (
        <div role="status" className="space-y-1">
          <p>
            {moving.read < moving.bytes ? 'Hashing' : 'Copying'} <Words text={moving.name} />,{' '}
            {formatBytes(moving.bytes)}
          </p>
          <progress aria-label="Hashed" className="w-full accent-accent" value={moving.read} max={moving.bytes} />
        </div>
      )}
      {!isFixed && <FileDrop onFiles={choose} disabled={isPending} isFirst={draft.files.length === 0} />}
      {refused.length > 0 && (
        <div role="alert" className="rounded-md bg-warn-soft px-3 py-2 text-warn">
          <p className="font-medium">Left out:</p>
          <ul className="space-y-1">
            {refused.map(({ name, why }) => (
              <li key={name}>
                <Words text={name} most={80} />: {why}
              </li>
            ))}
          </ul>
          <Button className="mt-2" onClick={forgetRefused}>
            All right
          </Button>
        </div>
      )}
      {error && <Problem error={error} />}
      {remove.error && <Problem error={remove.error} />}
    </div>
  )
}
