import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../../../ui/Button.tsx'
import { SearchInput } from '../../../ui/SearchInput.tsx'

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
        <SearchInput
          label="Look up"
          placeholder="Hash, address, name"
          value={text}
          onChange={setText}
          className="min-w-0 grow"
        />
        <Button type="submit" kind="primary" className="shrink-0 whitespace-nowrap">
          Look up
        </Button>
      </form>
    </search>
  )
}
