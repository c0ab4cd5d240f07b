import { Field, INPUT } from '../../../ui/Field.tsx'
import type { Draft } from './useDraft.ts'

/** How a text is drawn. */
export function SamplingForm({ draft }: { draft: Draft }) {
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <Field label="Tokens, at most">
        {(ids) => (
          <input
            {...ids}
            type="number"
            min={1}
            max={4096}
            required
            value={draft.maxTokens}
            onChange={({ target }) => draft.setMaxTokens(target.valueAsNumber || 1)}
            className={`${INPUT} w-full`}
          />
        )}
      </Field>
      <Field label="Temperature" note="0: always the likeliest.">
        {(ids) => (
          <input
            {...ids}
            type="number"
            min={0}
            max={2}
            step={0.1}
            required
            value={draft.temperature}
            onChange={({ target }) =>
              draft.setTemperature(Number.isNaN(target.valueAsNumber) ? 0 : target.valueAsNumber)
            }
            className={`${INPUT} w-full`}
          />
        )}
      </Field>
      <Field label="Seed" note="The same seed, the same text.">
        {(ids) => (
          <input
            {...ids}
            inputMode="numeric"
            pattern="\d{1,15}"
            placeholder="drawn"
            value={draft.seed}
            onChange={({ target }) => draft.setSeed(target.value.replace(/\D/g, '').slice(0, 15))}
            className={`${INPUT} w-full`}
          />
        )}
      </Field>
    </div>
  )
}
