import { createRequire } from 'node:module'
import { type Canvas, createCanvas, GlobalFonts, loadImage } from '@napi-rs/canvas'
import { type Tensor, tensorOf } from '@stoa/protocol'

/** The "ocr" request for what is on a canvas. */
export function canvasRequest(canvas: Canvas): Tensor[] {
  const { width, height } = canvas
  const rgba = canvas.getContext('2d').getImageData(0, 0, width, height).data
  const rgb = new Uint8Array(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++) {
    rgb.set(rgba.subarray(pixel * 4, pixel * 4 + 3), pixel * 3)
  }
  return [tensorOf('image', 'u8', [1, height, width, 3], rgb)]
}

/** The "ocr" request for an image file, turned clockwise by quarter turns. */
export async function fileRequest(path: URL, quarters = 0): Promise<Tensor[]> {
  const image = await loadImage(path)
  const lying = quarters % 2 === 1
  const canvas = createCanvas(lying ? image.height : image.width, lying ? image.width : image.height)
  const context = canvas.getContext('2d')
  context.translate(canvas.width / 2, canvas.height / 2)
  context.rotate((quarters * Math.PI) / 2)
  context.drawImage(image, -image.width / 2, -image.height / 2)
  return canvasRequest(canvas)
}

/** The "ocr" request for black lines on white, at 24 pixels, one every 40. */
export function textRequest(lines: readonly string[]): Tensor[] {
  GlobalFonts.registerFromPath(
    createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
    'Test Sans',
  )
  const canvas = createCanvas(360, 40 * lines.length + 40)
  const context = canvas.getContext('2d')
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.fillStyle = '#000'
  context.font = '24px "Test Sans"'
  lines.forEach((line, i) => {
    context.fillText(line, 20, 40 * i + 44)
  })
  return canvasRequest(canvas)
}
