import { PGlite } from '@electric-sql/pglite'

/** Type of the message that prepares a statement (PostgreSQL's protocol 3.0, section 54.7): "P", length, name, text, number of parameters. */
const PARSE = 'P'.charCodeAt(0)
const TEXT_AT = 6
const EMPTIED = /^TRUNCATE TABLE "(\w+)"$/
/** A table's name has at most 63 bytes. Texts of inserts have megabytes, and are not even read. */
const LONGEST = TEXT_AT + 'TRUNCATE TABLE ""'.length + 63 + 3
const [DECODER, ENCODER] = [new TextDecoder(), new TextEncoder()]

/**
 * Has the tables dropped that the engine makes for a moment. When it writes more than twenty changed rows of a table, it copies them into a temporary
 * table of the same name, and empties it afterwards. In PostgreSQL that is another session's; PGlite has one session for all, in which the name then means the empty table: rows that
 * come next are written into it, and lost, and questions find nothing. Holds for all of this process's databases, from now on.
 */
export function dropTemporaries(): void {
  const { execProtocol } = PGlite.prototype
  PGlite.prototype.execProtocol = function (message, options) {
    return execProtocol.call(this, dropInstead(message) ?? message, options)
  }
}

/** The message that drops the table which `message` would empty; undefined where it is another one. */
function dropInstead(message: Uint8Array): Uint8Array | undefined {
  if (message[0] !== PARSE || message.length > LONGEST) return undefined
  const end = message.indexOf(0, TEXT_AT)
  const [, table] = EMPTIED.exec(DECODER.decode(message.subarray(TEXT_AT, end))) ?? []
  if (!table) return undefined
  const text = ENCODER.encode(`DROP TABLE pg_temp."${table}"\0`)
  const bytes = new Uint8Array(TEXT_AT + text.length + 2)
  bytes[0] = PARSE
  new DataView(bytes.buffer).setInt32(1, bytes.length - 1)
  bytes.set(text, TEXT_AT)
  return bytes
}
