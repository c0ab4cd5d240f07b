import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { memo, useCallback, useMemo } from 'react'
import { modelsQuery } from '../../../data/models.ts'
import { receiptsQuery } from '../../../data/receipts.ts'
import { plainText } from '../../../lib/plainText.ts'
import { Empty } from '../../../ui/Empty.tsx'
import { shortHash } from '../../../ui/Hash.tsx'
import { Problem } from '../../../ui/Problem.tsx'
import { Section } from '../../../ui/Section.tsx'
import { Select } from '../../../ui/Select.tsx'
import { SkeletonLines } from '../../../ui/Skeleton.tsx'
import type { WalletSearch } from '../walletSearch.ts'
import { ExportButtons } from './ExportButtons.tsx'
import { ReceiptList } from './ReceiptList.tsx'

const route = getRouteApi('/wallet')

/** Every answer that the gateway bought, newest first. */
export function Receipts() {
  const { model, provider } = route.useSearch()
  const navigate = route.useNavigate()
  const filter = useMemo(() => ({ model, provider }), [model, provider])
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    receiptsQuery(filter),
  )
  const receipts = useMemo(() => data?.pages.flatMap((page) => page.data), [data])
  const change = useCallback(
    (changed: WalletSearch) =>
      navigate({ search: (before) => ({ ...before, ...changed, receipt: undefined }), resetScroll: false }),
    [navigate],
  )
  return (
    <Section title="Receipts" aside={<ExportButtons filter={filter} />}>
      <Filters model={model} provider={provider} onChange={change} />
      {error && !receipts && <Problem error={error} onRetry={() => void refetch()} />}
      {!receipts && !error && (
        <div className="panel px-4 py-4">
          <SkeletonLines count={6} />
        </div>
      )}
      {receipts?.length === 0 && (
        <Empty icon="wallet" title={model || provider ? 'No receipt is like that' : 'No receipts yet'}>
          {model || provider ? (
            <button
              type="button"
              className="text-accent underline underline-offset-2"
              onClick={() => change(NO_FILTER)}
            >
              Show all receipts
            </button>
          ) : (
            'Each answer that your gateway buys leaves one: who answered, what it cost, and the seller’s signature.'
          )}
        </Empty>
      )}
      {receipts && receipts.length > 0 && (
        <ReceiptList
          receipts={receipts}
          hasMore={hasNextPage}
          isLoading={isFetchingNextPage}
          onMore={() => void fetchNextPage()}
        />
      )}
    </Section>
  )
}

const NO_FILTER = { model: undefined, provider: undefined }

type FiltersProps = {
  model: string | undefined
  provider: string | undefined
  onChange: (change: WalletSearch) => void
}

/** A choice among all models of the market: drawn again when that changes, not with each page of receipts. */
const Filters = memo(({ model, provider, onChange }: FiltersProps) => {
  const { data: models } = useQuery(modelsQuery)
  const names = [...new Set([...(models?.map(({ id }) => id) ?? []), ...(model ? [model] : [])])]
  const offers = models?.flatMap(({ stoa }) => stoa.offers.map((offer) => offer.provider)) ?? []
  const providers = [...new Set([...offers, ...(provider ? [provider] : [])])]
  const all = (text: string, options: readonly (readonly [string, string])[]) => ({
    '': text,
    ...Object.fromEntries(options),
  })
  return (
    <search className="flex flex-wrap gap-2">
      <Select
        label="Model"
        options={all(
          'All models',
          names.map((name) => [name, plainText(name, 60)]),
        )}
        value={model ?? ''}
        onChange={(value) => onChange({ model: value || undefined })}
      />
      <Select
        label="Provider"
        options={all(
          'All providers',
          providers.map((address) => [address, shortHash(address)]),
        )}
        value={provider ?? ''}
        onChange={(value) => onChange({ provider: value || undefined })}
      />
    </search>
  )
})
