/** A number of percent that a person typed, in parts of which `perPercent` make one; undefined for anything else. */
export function readPercent(text: string, most: number, perPercent: number): number | undefined {
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(text.trim())) return undefined
  const percent = Number(text)
  return percent <= most ? Math.round(percent * perPercent) : undefined
}
