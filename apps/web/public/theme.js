// Before the first paint: what the person chose last time. Kept in a file of its own because the page allows no script inside it.
{
  const chosen = localStorage.getItem('stoa.theme')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
}
