/** What a spreadsheet would take for the beginning of a formula (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r]/

/** Rows as comma-separated values (RFC 4180). A cell that a spreadsheet would compute is led in by an apostrophe: names are strangers'. */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(escaped).join(',')}\r\n`).join('')
}

function escaped(cell: string): string {
  const inert = FORMULA.test(cell) && !/^-?\d+$/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}
