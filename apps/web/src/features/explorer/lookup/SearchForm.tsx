import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../../../ui/Button.tsx'
import { INPUT } from '../../../ui/Field.tsx'
import { Icon } from '../../../ui/icons.tsx'
import { SearchKey } from '../../../ui/SearchKey.tsx'

/** Looks something up. What it finds has an address of its own. */
export function SearchForm({ value }: { value: string }) {
  const [text, setText] = useState(value)
  const navigate = useNavigate()
  return (
    <search className="min-w-0 grow">
      <form
        className="flex gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          void navigate({ to: '/explorer', search: { q: text.trim() || undefined } })
        }}
      >
        <div className="relative min-w-0 grow">
          <Icon name="search" className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-muted" />
          <input
            type="search"
            data-search
            aria-label="Look up"
            placeholder="Hash, address, number, name"
            value={text}
            maxLength={200}
            onChange={({ target }) => setText(target.value)}
            className={`${INPUT} w-full pl-8`}
          />
          {text === '' && <SearchKey />}
        </div>
        <Button type="submit" kind="primary" className="shrink-0 whitespace-nowrap">
          Look up
        </Button>
      </form>
    </search>
  )
}
