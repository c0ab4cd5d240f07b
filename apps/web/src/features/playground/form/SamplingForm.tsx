import { TextField } from '../../../ui/TextField.tsx'
import type { Draft } from './useDraft.ts'

/** How a text is drawn. */
export function SamplingForm({ draft: { sampling, setSampling, samplingErrors: errors } }: { draft: Draft }) {
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <TextField
        label="Tokens, at most"
        error={errors.maxTokens}
        inputMode="numeric"
        maxLength={10}
        value={sampling.maxTokens}
        onChange={(maxTokens) => setSampling({ ...sampling, maxTokens })}
      />
      <TextField
        label="Temperature"
        note="0: always the likeliest."
        error={errors.temperature}
        inputMode="decimal"
        maxLength={10}
        value={sampling.temperature}
        onChange={(temperature) => setSampling({ ...sampling, temperature })}
      />
      <TextField
        label="Seed"
        note="The same seed, the same text."
        error={errors.seed}
        inputMode="numeric"
        maxLength={20}
        placeholder="drawn"
        value={sampling.seed}
        onChange={(seed) => setSampling({ ...sampling, seed })}
      />
    </div>
  )
}
