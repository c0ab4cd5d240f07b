/** What a node announces of an offer's model with every answer (specs/routing.md, "What nodes announce"). */
export type Load = {
  /** Calls that are answered at once, 1 to 1,024. */
  capacity: number
  /** Calls that are being answered or wait, 0 to 65,535. */
  queued: number
}

export const LOAD_HEADER = 'stoa-load'

const MAX_CAPACITY = 1024
const MAX_QUEUED = 65_535
/** Longer is no announcement. */
const MAX_LENGTH = 200

export function encodeLoad({ capacity, queued }: Load): string {
  return `capacity=${clamp(capacity, 1, MAX_CAPACITY)}, queued=${clamp(queued, 0, MAX_QUEUED)}`
}

/**
 * The header's value, a dictionary of integers (RFC 9651, sections 3.2 and 3.3.1), of which other members are left alone. Undefined for what is none, or lacks one of the two: an
 * announcement is a hint, and no reason to refuse an answer.
 */
export function decodeLoad(text: string): Load | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const members = new Map(
    text.split(',').map((member): [string, string] => {
      const [name = '', value = ''] = member.trim().split('=', 2)
      return [name, value]
    }),
  )
  const [capacity, queued] = [integerOf(members.get('capacity')), integerOf(members.get('queued'))]
  if (capacity === undefined || queued === undefined) return undefined
  return { capacity: clamp(capacity, 1, MAX_CAPACITY), queued: clamp(queued, 0, MAX_QUEUED) }
}

function integerOf(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : undefined
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(Math.trunc(value), least), most)
}
