/** `/` takes the person to the page's search, unless they are writing. A search box is marked by `data-search`. */
export function focusSearch(event: KeyboardEvent): void {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
  const { target } = event
  if (target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')) return
  const search = document.querySelector<HTMLInputElement>('[data-search]')
  if (!search) return
  event.preventDefault()
  search.focus()
}
