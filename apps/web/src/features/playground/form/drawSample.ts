/** A picture to try with: a bill, drawn here. */
export async function drawSample(): Promise<File> {
  const lines = [
    'The Painted Porch',
    'Olives           4.20',
    'Bread            2.50',
    'Wine             6.80',
    'Total           13.50',
  ]
  const canvas = new OffscreenCanvas(480, 280)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('This browser gives no canvas.')
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.fillStyle = '#111111'
  for (const [i, line] of lines.entries()) {
    context.font = `${i === 0 ? 'bold ' : ''}26px monospace`
    context.fillText(line, 32, 56 + 46 * i)
  }
  return new File([await canvas.convertToBlob({ type: 'image/png' })], 'bill.png', { type: 'image/png' })
}
