/** What to do with a tokenizer that is refused. */
export const KNOWN_TOKENIZERS =
  'specs/text.md says which tokenizers Stoa knows: byte-level BPE as of GPT-2, Llama 3 and SmolLM, and BPE of SentencePiece as of Llama 2, Mistral and Gemma.'
