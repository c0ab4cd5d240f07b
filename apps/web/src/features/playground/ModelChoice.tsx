import { getRouteApi, Link } from '@tanstack/react-router'
import type { Model } from '../../data/models.ts'
import { plainText } from '../../lib/plainText.ts'
import { Field, INPUT } from '../../ui/Field.tsx'
import { ProofBadge } from '../../ui/ProofBadge.tsx'
import { Words } from '../../ui/Words.tsx'
import { TASK_NAMES } from '../market/taskNames.ts'

const route = getRouteApi('/playground')

/** Which model is asked; kept in the address. */
export function ModelChoice({ models, chosen }: { models: readonly Model[]; chosen: Model | undefined }) {
  const navigate = route.useNavigate()
  return (
    <div className="grid items-end gap-x-6 gap-y-3 md:grid-cols-[minmax(0,28rem)_minmax(0,1fr)]">
      <Field label="Model">
        {(ids) => (
          <select
            {...ids}
            value={chosen?.id ?? ''}
            onChange={({ target }) => navigate({ search: { model: target.value } })}
            className={`${INPUT} w-full`}
          >
            {!chosen && <option value="">Choose a model</option>}
            {models.map(({ id, stoa }) => (
              <option key={id} value={id}>
                {`${plainText(id, 80)} – ${TASK_NAMES[stoa.task]}`}
              </option>
            ))}
          </select>
        )}
      </Field>
      {chosen && <About model={chosen} />}
    </div>
  )
}

/** What was chosen, in a line, and the way to all that is known of it. */
function About({ model: { stoa } }: { model: Model }) {
  return (
    <p className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1 text-muted">
      <Words text={stoa.title} most={100} />
      {stoa.proof_kind && <ProofBadge kind={stoa.proof_kind} profile={stoa.profile} />}
      <Link
        to="/models/$modelId"
        params={{ modelId: String(stoa.model_id) }}
        className="text-accent underline underline-offset-2"
      >
        About it
      </Link>
    </p>
  )
}
