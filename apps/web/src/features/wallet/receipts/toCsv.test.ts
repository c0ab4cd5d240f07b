import { expect, it } from 'vitest'
import { toCsv } from './toCsv.ts'

it.each([
  [['a', 'b'], 'a,b\r\n'],
  [['one, two', 'say "so"'], '"one, two","say ""so"""\r\n'],
  [['two\nlines'], '"two\nlines"\r\n'],
  [['=HYPERLINK("http://evil")'], `"'=HYPERLINK(""http://evil"")"\r\n`],
  [['@SUM(1)', '+1+1', '-2+3', '\tx'], "'@SUM(1),'+1+1,'-2+3,'\tx\r\n"],
  [['-5', '0x12'], '-5,0x12\r\n'],
])('%j', (row, text) => {
  expect(toCsv([row])).toBe(text)
})
