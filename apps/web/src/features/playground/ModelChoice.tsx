import { getRouteApi } from '@tanstack/react-router'
import type { Model } from '../../data/models.ts'
import { plainText } from '../../lib/plainText.ts'
import { Field, INPUT } from '../../ui/Field.tsx'
import { TASK_NAMES } from '../market/taskNames.ts'

const route = getRouteApi('/playground')

/** Which model is asked; kept in the address. */
export function ModelChoice({ models, chosen }: { models: readonly Model[]; chosen: Model | undefined }) {
  const navigate = route.useNavigate()
  return (
    <div className="max-w-md">
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
    </div>
  )
}
