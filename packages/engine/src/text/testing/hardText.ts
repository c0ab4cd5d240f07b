import fc from 'fast-check'

/** Texts in which tokenizers of pieces differ: blanks of all kinds and numbers, marks, names of tokens, characters that are no piece. */
export const hardText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(' ', '  ', '   ', '▁', '▁▁', '\n', '\t', '\u00a0', '</s>', '<s>', '<0x41>', '<tab>', ' <tab> '),
      fc.constantFrom(
        'the',
        ' the',
        'a',
        'aa',
        'aaa',
        'Ж',
        '漢',
        'é',
        'e\u0301',
        '🎉',
        '\ufeff',
        '\0',
        'then',
        'there',
        "they'll",
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join('').toWellFormed())
