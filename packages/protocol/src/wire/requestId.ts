/** The header that names a request across programs: a caller's gateway and the node that it asks log it alike (specs/node-http.md). */
export const REQUEST_ID_HEADER = 'x-request-id'

/** An id as a caller gave it, if it is one that can stand in a log; otherwise a new one. */
export function requestIdOf(given: string | undefined): string {
  return given !== undefined && /^[A-Za-z0-9._:-]{1,128}$/.test(given) ? given : crypto.randomUUID()
}
