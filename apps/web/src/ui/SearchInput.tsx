import { cx } from '../lib/cx.ts'
import { INPUT } from './Field.tsx'
import { Icon } from './icons.tsx'

type SearchInputProps = {
  label: string
  /** What can be searched for; the label where left out. */
  placeholder?: string
  value: string
  onChange: (text: string) => void
  className?: string
}

/** A page's search box, to which `/` leads. */
export function SearchInput({ label, placeholder = label, value, onChange, className }: SearchInputProps) {
  return (
    <div className={cx('relative', className)}>
      <Icon name="search" className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-muted" />
      <input
        type="search"
        data-search
        aria-label={label}
        placeholder={placeholder}
        value={value}
        maxLength={200}
        onChange={({ target }) => onChange(target.value)}
        className={`${INPUT} w-full pl-8`}
      />
      {value === '' && <SearchKey />}
    </div>
  )
}

/** At the end of an empty search box: the key that leads there, for those who have a keyboard at hand. */
function SearchKey() {
  return (
    <span
      aria-hidden="true"
      className="pointer-events-none absolute top-1/2 right-2.5 hidden -translate-y-1/2 rounded border border-line px-1.5 font-mono text-xs text-muted pointer-fine:md:block"
    >
      /
    </span>
  )
}
