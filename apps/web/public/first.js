// Runs before anything else, and before the first paint. In a file of its own because the page's policy allows no script inside it.
{
  // What the person chose last time.
  const chosen = localStorage.getItem('stoa.theme')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
}
// zod would try whether it may compile code, which the policy forbids and reports; it asks this when its first schema is made, in whichever file that is.
globalThis.__zod_globalConfig = { jitless: true }
