import { formatAmount } from '@stoa/protocol'
import { useHome } from '../../../data/home.ts'
import type { Model } from '../../../data/models.ts'
import { useNames } from '../../../data/names.ts'
import { priceOf } from '../../../lib/priceOf.ts'
import { AmountInput } from '../../../ui/AmountInput.tsx'
import { Field, INPUT } from '../../../ui/Field.tsx'
import { shortHash } from '../../../ui/Hash.tsx'
import type { Draft } from './useDraft.ts'

/** What the gateway honours about one call: a ceiling on its price, and who is asked. */
export function RulesForm({ model, draft }: { model: Model; draft: Draft }) {
  const { token } = useHome()
  const names = useNames()
  const { offers } = model.stoa
  const [first] = offers
  const price = first && priceOf(first.price, first.unit)
  const sellers = [...new Set(offers.map(({ provider }) => provider))]
  return (
    <>
      <AmountInput
        label="Pay at most"
        error={draft.ceilingError}
        note={price && `The cheapest asks ${formatAmount(price.wei, token)} per ${price.per}.`}
        placeholder="no ceiling"
        value={draft.ceiling}
        onChange={draft.setCeiling}
      />
      <Field
        label="Provider"
        note={sellers.length > 1 ? 'By default whoever is healthy and cheapest.' : 'One sells this model.'}
      >
        {(ids) => (
          <select
            {...ids}
            value={draft.provider}
            onChange={({ target }) => draft.setProvider(target.value)}
            className={`${INPUT} w-full`}
          >
            <option value="">Any</option>
            {sellers.map((seller) => (
              <option key={seller} value={seller}>
                {[names.get(seller.toLowerCase()), shortHash(seller)].filter(Boolean).join(', ')}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  )
}
