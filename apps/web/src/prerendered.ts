/** A page as it is before any data, for the build to put into its file. `path` is empty for what is shown at any that has none of its own. */
export type Prerendered = { path: string; title: string; html: string }
