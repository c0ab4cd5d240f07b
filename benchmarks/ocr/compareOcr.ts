import { registerFonts } from './fonts.ts'
import { type Kind, makeCases } from './makeCases.ts'
import { openOurs } from './openOurs.ts'
import { openPeer } from './openPeer.ts'
import { renderText } from './renderText.ts'

/** One image as both read it. */
export type Sample = { kind: Kind; truth: string; ours: string; peer: string }

/**
 * Has Stoa and the peer read the same rendered images, `perKind` of each kind, on one thread each: threads of one network that wait
 * for each other on busy cores would take many times as long.
 */
export async function compareOcr(perKind: number, seed: number): Promise<Sample[]> {
  registerFonts()
  const [ours, peer] = await Promise.all([openOurs({ threads: 1 }), openPeer({ threads: 1 })])
  try {
    const samples: Sample[] = []
    for (const { kind, image } of makeCases(perKind, seed)) {
      const { canvas, truth } = renderText(image)
      const png = canvas.toBuffer('image/png')
      const [a, b] = await Promise.all([ours.read(png), peer.read(png)])
      samples.push({ kind, truth, ours: a, peer: b })
    }
    return samples
  } finally {
    await ours.close()
    await peer.close()
  }
}
