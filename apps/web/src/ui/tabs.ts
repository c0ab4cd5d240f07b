/** How a list of tabs, and each of them, look. */
export const TAB_LIST = 'flex flex-wrap gap-x-1 border-b border-line'
export const TAB =
  '-mb-px border-b-2 border-transparent px-2 py-2 sm:px-3 text-muted hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink'
