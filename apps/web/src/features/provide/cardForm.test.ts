import { expect, it } from 'vitest'
import { type CardForm, EMPTY_FORM, formOf, readCardFile, readForm } from './cardForm.ts'

const FORM: CardForm = {
  ...EMPTY_FORM,
  name: 'mine/embed',
  task: 'embedding',
  exact: 'exact',
  ...{ title: 'Mine', description: 'What it does', licence: 'Apache-2.0', source: 'made here', languages: 'en, de' },
}

it('makes a card of what was typed, and the other way round', () => {
  const { card, errors } = readForm(FORM)
  expect(errors).toEqual({})
  expect(card).toMatchObject({ name: 'mine/embed', profile: 'exact/1', languages: ['en', 'de'] })
  expect(card && formOf(card)).toEqual(FORM)
})

it('says of each field what is wrong with it', () => {
  const { card, errors } = readForm({ ...FORM, name: '../Mine', title: ' ', languages: 'x'.repeat(30) })
  expect(card).toBeUndefined()
  expect(errors).toEqual({
    name: 'Small letters, digits, dots, dashes and underscores, at most one slash, 80 characters.',
    title: 'This is needed.',
    languages: 'Codes of at most 20 characters each, such as en, with commas between.',
  })
})

it('takes a card.json for what it is, and nothing else for one', async () => {
  const card = { name: 'a', task: 'graph', title: 't', description: 'd', licence: 'l', source: 's', files: ['m.onnx'] }
  expect(await readCardFile(new Blob([JSON.stringify(card)]))).toMatchObject({ name: 'a', exact: 'rounding' })
  for (const other of ['', 'null', '[]', '{', JSON.stringify({ ...card, name: '<script>' }), 'x'.repeat(70_000)])
    expect(await readCardFile(new Blob([other]))).toBeUndefined()
})
