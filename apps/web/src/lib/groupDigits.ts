/** A decimal number with a thin space between each three digits of its whole part. */
export function groupDigits(number: string): string {
  const [whole = '', ...rest] = number.split('.')
  return [whole.replace(/\B(?=(\d{3})+$)/g, '\u202f'), ...rest].join('.')
}
