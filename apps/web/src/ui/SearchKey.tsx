/** At the end of an empty search box: the key that leads there, for those who have a keyboard at hand. */
export function SearchKey() {
  return (
    <span
      aria-hidden="true"
      className="pointer-events-none absolute top-1/2 right-2.5 hidden -translate-y-1/2 rounded border border-line px-1.5 font-mono text-xs text-muted pointer-fine:md:block"
    >
      /
    </span>
  )
}
