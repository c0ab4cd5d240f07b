import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { SearchInput } from '../../ui/SearchInput.tsx'
import { Select } from '../../ui/Select.tsx'
import type { MarketSearch } from './marketSearch.ts'

const route = getRouteApi('/')

const TASKS = {
  '': 'All tasks',
  ocr: 'Text in images',
  generate: 'Generated text',
  chat: 'Chats',
  embedding: 'Embeddings',
  graph: 'Tensors',
}
const PROOFS = { '': 'Any proof', exact: 'Exact', attested: 'Attested' }
const SORTS = {
  ...{ '': 'By price', uses: 'By uses', latency: 'By latency', success: 'By success' },
  ...{ new: 'Newest first', name: 'By name' },
}

/** Milliseconds without a keystroke after which the address follows what was typed. */
const TYPING_PAUSE = 200

/** Search, filters and order, all kept in the address. */
export function Filters({ count, of }: { count: number | undefined; of: number | undefined }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  // A choice is a step that the back button takes back; each letter of a search is not.
  const choose = (change: MarketSearch) => navigate({ search: { ...search, ...change } })
  return (
    <search className="flex flex-wrap items-center gap-2">
      <SearchBox
        value={search.q ?? ''}
        onChange={(q) => navigate({ search: { ...search, q: q || undefined }, replace: true })}
      />
      <Select
        label="Task"
        options={TASKS}
        value={search.task ?? ''}
        onChange={(task) => choose({ task: task || undefined })}
      />
      <Select
        label="Proof"
        options={PROOFS}
        value={search.proof ?? ''}
        onChange={(proof) => choose({ proof: proof || undefined })}
      />
      <Select
        label="Sort by"
        options={SORTS}
        value={search.sort ?? ''}
        onChange={(sort) => choose({ sort: sort || undefined })}
      />
      <p role="status" className="ml-auto text-sm text-muted">
        {count === undefined
          ? ''
          : count === of
            ? `${count} ${count === 1 ? 'model' : 'models'}`
            : `${count} of ${of} models`}
      </p>
    </search>
  )
}

function SearchBox({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  useEffect(() => {
    if (text === value) return
    const timer = setTimeout(() => onChange(text), TYPING_PAUSE)
    return () => clearTimeout(timer)
  }, [text, value, onChange])
  return <SearchInput label="Search models" value={text} onChange={setText} className="min-w-56 grow sm:max-w-sm" />
}
