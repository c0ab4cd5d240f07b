import { cutAtStop, type SamplingBody } from './sampling.ts'

export type LiveTextParameters = {
  /** Text of ids. */
  decode: (ids: Uint32Array) => Promise<string>
  /** Ids that end a text and are none of it. */
  ends: readonly number[]
  stop: SamplingBody['stop']
  /** Without blanks at both ends. */
  trim: boolean
  onText: (text: string) => void
}

export type LiveText = {
  /** Ids as they come, 4 bytes each, little-endian. */
  push(piece: Uint8Array): void
  /** Hands on what is left of the whole text. */
  finish(text: string): Promise<void>
}

/**
 * Hands a text on while its ids come: never more than will be in the text when all ids are there. What might be the beginning of a stop word, half a character, or a blank at the end of a trimmed text, waits for
 * what follows. Ids that come while others are read are read together.
 */
export function liveText({ decode, ends, stop, trim, onText }: LiveTextParameters): LiveText {
  const stops = (typeof stop === 'string' ? [stop] : (stop ?? [])).map(({ length }) => length)
  const held = Math.max(0, ...stops.map((length) => length - 1))
  const ids: number[] = []
  let sent = ''
  let unread = false
  let reading: Promise<void> | undefined
  const hand = (text: string) => {
    if (!text.startsWith(sent) || text.length === sent.length) return
    onText(text.slice(sent.length))
    sent = text
  }
  const read = async () => {
    while (unread) {
      unread = false
      const text = await decode(Uint32Array.from(ids))
      const cut = cutAtStop(text, stop)
      hand(cut === undefined ? certain(text, held, trim) : trimmed(cut, trim))
    }
  }
  return {
    push(piece) {
      const view = new DataView(piece.buffer, piece.byteOffset, piece.length)
      for (let at = 0; at + 4 <= piece.length; at += 4) {
        const id = view.getUint32(at, true)
        if (!ends.includes(id)) ids.push(id)
      }
      unread = true
      // What can't be read now is handed on, or told, at the end.
      reading ??= read()
        .catch(() => undefined)
        .finally(() => {
          reading = undefined
        })
    },
    async finish(text) {
      unread = false
      await reading
      hand(text)
    },
  }
}

/** As much of a text as stays when more follows. */
function certain(text: string, held: number, trim: boolean): string {
  const kept = trim ? text.trimStart() : text
  const sure = kept.slice(0, Math.max(0, kept.length - held))
  const whole = /[\ud800-\udbff]$/.test(sure) ? sure.slice(0, -1) : sure
  return trim ? whole.trimEnd() : whole
}

const trimmed = (text: string, trim: boolean): string => (trim ? text.trim() : text)
