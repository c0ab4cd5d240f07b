import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { titleOf } from '../../routes/navigation.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Page } from '../../ui/Page.tsx'
import { Select } from '../../ui/Select.tsx'
import { Events } from './Events.tsx'
import { CONTRACTS } from './explorerSearch.ts'
import { LookUp } from './lookup/LookUp.tsx'
import { SearchForm } from './lookup/SearchForm.tsx'

const route = getRouteApi('/explorer/')

/** Everything that happened on the ledger, in words, latest first. */
export function ExplorerPage() {
  const { contract, q } = route.useSearch()
  const navigate = route.useNavigate()
  const filter = useMemo(() => ({ ...(contract && { contract }) }), [contract])
  return (
    <Page
      {...titleOf('/explorer')}
      aside={
        <Link to="/explorer/disputes" className="text-accent underline underline-offset-2">
          All disputes
        </Link>
      }
    >
      <div className="space-y-4">
        <div className="flex flex-wrap gap-2">
          <SearchForm key={q} value={q ?? ''} />
          <Select
            label="Which events"
            options={CONTRACTS}
            value={contract ?? ''}
            onChange={(chosen) => navigate({ search: (before) => ({ ...before, contract: chosen || undefined }) })}
          />
        </div>
        {q ? (
          <LookUp text={q} />
        ) : (
          <Events
            filter={filter}
            empty={
              <Empty icon="blocks" title="Nothing of this kind happened yet">
                Events show here a second after they are on the ledger.
              </Empty>
            }
          />
        )}
      </div>
    </Page>
  )
}
