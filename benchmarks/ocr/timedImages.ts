import { readFile } from 'node:fs/promises'
import { createCanvas } from '@napi-rs/canvas'
import { familyOf, registerFonts } from './fonts.ts'

const NOTICE = [
  'Stoa notice board',
  'Open every day from 9 to 17',
  'Coffee 2.40, tea 1.80',
  'Ask for the keys at no. 12',
]

/** The images that are timed, as PNG. */
export async function timedImages(): Promise<Record<string, Uint8Array>> {
  return {
    'four lines in 640×480': fourLines(),
    'apps/cli/assets/receipt.png': await readFile(new URL('../../apps/cli/assets/receipt.png', import.meta.url)),
  }
}

function fourLines(): Uint8Array {
  registerFonts()
  const canvas = createCanvas(640, 480)
  const context = canvas.getContext('2d')
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.fillStyle = '#000'
  context.font = `24px "${familyOf('DejaVu Sans')}"`
  NOTICE.forEach((line, i) => {
    context.fillText(line, 40, 80 + i * 100)
  })
  return canvas.toBuffer('image/png')
}
