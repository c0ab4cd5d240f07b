/** What was measured of one process at one moment: seconds since the start, bytes, and how many files are open. */
export type Sample = { seconds: number; rss: number; heap: number; descriptors: number }

/** A line through samples: `growth` from the first to the last of them by the line, `scatter` the standard deviation around it, both in the measure's unit. */
export type Fit = { mean: number; growth: number; scatter: number }

/** The least-squares line through what `measure` picks. Throws RangeError for fewer than three samples. */
export function fitLine(samples: readonly Sample[], measure: (sample: Sample) => number): Fit {
  const n = samples.length
  const [first, last] = [samples[0], samples[n - 1]]
  if (n < 3 || !first || !last) throw new RangeError(`a line through ${n} samples says nothing`)
  const meanX = samples.reduce((sum, { seconds }) => sum + seconds, 0) / n
  const mean = samples.reduce((sum, sample) => sum + measure(sample), 0) / n
  let [xx, xy] = [0, 0]
  for (const sample of samples) {
    xx += (sample.seconds - meanX) ** 2
    xy += (sample.seconds - meanX) * (measure(sample) - mean)
  }
  const slope = xx === 0 ? 0 : xy / xx
  const residuals = samples.map((sample) => measure(sample) - mean - slope * (sample.seconds - meanX))
  const scatter = Math.sqrt(residuals.reduce((sum, each) => sum + each * each, 0) / n)
  return { mean, growth: slope * (last.seconds - first.seconds), scatter }
}

/** What counts as flat: growth over the run of no more than so much of the mean, or so much in all, or three times the scatter. */
export const FLAT = {
  rss: { share: 0.1, least: 24 << 20 },
  heap: { share: 0.1, least: 6 << 20 },
  descriptors: { share: 0, least: 4 },
} as const

/** Why a process is not flat, a sentence for each measure that grew; none when it is. */
export function growthOf(name: string, samples: readonly Sample[]): string[] {
  return (['rss', 'heap', 'descriptors'] as const).flatMap((measure) => {
    const { mean, growth, scatter } = fitLine(samples, (sample) => sample[measure])
    const most = Math.max(FLAT[measure].share * mean, FLAT[measure].least, 3 * scatter)
    return growth <= most ? [] : [`${name}: ${measure} grew by ${Math.round(growth)} around ${Math.round(mean)}`]
  })
}
