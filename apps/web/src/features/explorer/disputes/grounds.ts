/** What a seller was convicted of, by the index's names, in the order of the contract's numbers. */
export const GROUNDS: Readonly<Record<string, string>> = {
  silence: 'its time had run out',
  count: 'its computation has another number of tensors than the model',
  header: 'a tensor that it showed has another shape than the model gives',
  element: 'one element that it showed is not what the model gives',
  chunk: 'one partial sum that it showed is not what the model gives',
  response: 'its answer is not what its own computation ends with',
  weights: 'it signed for other weights than the ledger has',
  malformed: 'its answer is none that the request allows',
  step: 'a step between the networks is not what it should be',
}
