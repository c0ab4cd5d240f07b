import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../../../ui/Button.tsx'
import { INPUT } from '../../../ui/Field.tsx'

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
        <input
          type="search"
          data-search
          aria-label="Look up"
          placeholder="Hash, address, block, model  ( / )"
          value={text}
          maxLength={200}
          onChange={({ target }) => setText(target.value)}
          className={`${INPUT} w-full min-w-0`}
        />
        <Button type="submit" kind="primary" className="shrink-0 whitespace-nowrap">
          Look up
        </Button>
      </form>
    </search>
  )
}
