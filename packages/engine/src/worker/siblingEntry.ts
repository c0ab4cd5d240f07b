/** A thread's module beside the one at `url` (`import.meta.url`), with its ending: `.ts` in the sources, `.js` in what is published. */
export const siblingEntry = (url: string, name: string): URL =>
  new URL(`./${name}${url.endsWith('.ts') ? '.ts' : '.js'}`, url)
