"""Byte-level byte-pair encoding in the form of GPT-2: learning, encoding, decoding, and writing `tokenizer.json`.

Text is cut by GPT-2's pattern into words that carry their leading space; each word's UTF-8 bytes are written in GPT-2's
alphabet of 256 printable characters; then the most frequent neighbouring pair is merged, again and again.
"""

import json
import re
from collections import Counter, defaultdict

END = '<|end|>'  # Token 0: ends a document, and begins every prompt.

# GPT-2's pattern with Python's classes: \p{L} as [^\W\d_], \p{N} as \d. The two agree on ASCII, which is all that the
# corpora hold but for a handful of characters.
WORDS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")


def alphabet():
    """The character that stands for each byte, in byte order: printable Latin-1 as it is, the rest from U+0100 on."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    moved = [byte for byte in range(256) if byte not in plain]
    return {byte: chr(byte) if byte in plain else chr(256 + moved.index(byte)) for byte in range(256)}


def learn(documents, size):
    """Merges, most frequent first; END, the 256 bytes and they make `size` tokens. Ties go to the lesser pair."""
    letters = alphabet()
    counts = Counter(word for document in documents for word in WORDS.findall(document))
    words = [([letters[byte] for byte in word.encode()], count) for word, count in counts.items()]
    pairs, holders = Counter(), defaultdict(set)
    for i, (parts, count) in enumerate(words):
        for pair in zip(parts, parts[1:]):
            pairs[pair] += count
            holders[pair].add(i)
    merges = []
    while len(merges) < size - 257:
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for i in list(holders[best]):
            parts, count = words[i]
            for pair in zip(parts, parts[1:]):
                pairs[pair] -= count
                holders[pair].discard(i)
            merged = joined(parts, best)
            words[i] = (merged, count)
            for pair in zip(merged, merged[1:]):
                pairs[pair] += count
                holders[pair].add(i)
        del pairs[best]
    return merges


def joined(parts, pair):
    """`parts` with each occurrence of `pair`, from the left, made one."""
    out, i = [], 0
    while i < len(parts):
        if i + 1 < len(parts) and (parts[i], parts[i + 1]) == pair:
            out.append(parts[i] + parts[i + 1])
            i += 2
        else:
            out.append(parts[i])
            i += 1
    return out


class Tokenizer:
    """Encodes and decodes by a list of merges; ids are END, the bytes in alphabet order, then the merges."""

    def __init__(self, merges):
        self.merges = merges
        self.letters = alphabet()
        tokens = [END, *sorted(self.letters.values()), *(left + right for left, right in merges)]
        self.ids = {token: i for i, token in enumerate(tokens)}
        self.tokens = tokens
        self.ranks = {pair: i for i, pair in enumerate(merges)}
        self.bytes = {letter: byte for byte, letter in self.letters.items()}
        self.cache = {}

    def encode(self, text):
        """Token ids of plain text; END is never produced."""
        return [token for word in WORDS.findall(text) for token in self.word(word)]

    def word(self, word):
        if word not in self.cache:
            parts = [self.letters[byte] for byte in word.encode()]
            while len(parts) > 1:
                best = min(zip(parts, parts[1:]), key=lambda pair: self.ranks.get(pair, len(self.ranks)))
                if best not in self.ranks:
                    break
                parts = joined(parts, best)
            self.cache[word] = [self.ids[part] for part in parts]
        return self.cache[word]

    def decode(self, ids):
        letters = ''.join(self.tokens[i] for i in ids if i)
        return bytes(self.bytes[letter] for letter in letters).decode('utf-8', 'replace')

    def save(self, path):
        """Writes Hugging Face's form. No post-processor: who prompts the model puts END first."""
        level = {'type': 'ByteLevel', 'add_prefix_space': False, 'trim_offsets': True, 'use_regex': True}
        off = ('single_word', 'lstrip', 'rstrip', 'normalized')
        added = {'id': 0, 'content': END, **dict.fromkeys(off, False), 'special': True}
        unused = ('dropout', 'unk_token', 'continuing_subword_prefix', 'end_of_word_suffix')
        model = {
            'type': 'BPE',
            **dict.fromkeys(unused),
            **dict.fromkeys(('fuse_unk', 'byte_fallback', 'ignore_merges'), False),
            'vocab': self.ids,
            'merges': [' '.join(pair) for pair in self.merges],
        }
        whole = {
            'version': '1.0',
            **dict.fromkeys(('truncation', 'padding')),
            'added_tokens': [added],
            'normalizer': None,
            'pre_tokenizer': level,
            'post_processor': None,
            'decoder': level,
            'model': model,
        }
        path.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + '\n', 'utf-8')
