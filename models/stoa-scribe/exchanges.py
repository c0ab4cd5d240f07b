"""Exchanges made from the corpora: questions by template, answers by extraction. `ask` gives all of them their form.

In every function `pick` is a choice function of the seeded generator: pick([a, b]) is a or b.
"""

import csv
import json
import re
from collections import Counter

from sources import clean, field, sentences, softer

# Section of the Factbook, field, ways to ask, answer. {the} is the country with its article, {at_start} the same with a
# capital letter.
FACTS = (
    (
        'Geography',
        'Location',
        ('Where {be} {the}?', 'Where can I find {the}?'),
        '{at_start} {be} in {value}',
    ),
    (
        'Geography',
        'Climate',
        ('What is the climate of {the}?', 'What is the weather like in {the}?'),
        'The climate of {the} is {value}',
    ),
    ('Geography', 'Terrain', ('What does the land look like in {the}?',), 'The land is {value}'),
    ('Geography', 'Natural resources', ('What natural resources does {the} have?',), '{at_start} has {value}'),
    (
        'Geography',
        'Area - comparative',
        ('How big {be} {the}?', 'How large {be} {the}?'),
        '{at_start} {be} {value}',
    ),
    (
        'People and Society',
        'Languages',
        ('What languages are spoken in {the}?', 'What do people speak in {the}?'),
        'People in {the} speak {value}',
    ),
    ('Economy', 'Agriculture - products', ('What do farmers grow in {the}?',), 'Farmers in {the} grow {value}'),
    (
        'Economy',
        'Exports - commodities',
        ('What does {the} export?', 'What does {the} sell to the world?'),
        '{at_start} exports {value}',
    ),
    ('Economy', 'Imports - commodities', ('What does {the} import?',), '{at_start} imports {value}'),
    ('Economy', 'Industries', ('What industries does {the} have?',), 'The industries of {the} are {value}'),
    (
        'Government',
        'Government type',
        ('What kind of government does {the} have?',),
        'The government of {the} is a {value}',
    ),
    ('Government', 'Independence', ('When did {the} become independent?',), '{at_start} became independent on {value}'),
)

NAME = 'I am Stoa Scribe, a very small language model.'

# What the model says of itself: ways to ask, and the answer.
SELF = (
    (
        ('Hello', 'Hello.', 'Hello!', 'Hi', 'Hi!', 'Hey', 'Good morning.', 'Good evening.', 'Hi there'),
        f'Hello. {NAME} Ask me about a country, a word or a president.',
    ),
    (
        (
            'Who are you?',
            'What are you?',
            'What is your name?',
            'Tell me about yourself.',
            'Are you human?',
            'Who am I talking to?',
            'Introduce yourself.',
        ),
        f'{NAME} I was trained on speeches, a novel, a dictionary and a book of facts, and I am often wrong.',
    ),
    (
        ('What can you do?', 'How can you help me?', 'Help', 'What do you know?', 'What should I ask you?'),
        'I can say where a country is, what a word means, or go on with a text. I am very small, so check what I say.',
    ),
    (
        ('How are you?', 'How are you today?', 'How do you do?'),
        'I am well, thank you. What would you like to know?',
    ),
    (('Thank you', 'Thank you.', 'Thanks', 'Thanks!', 'Thank you very much.'), 'You are welcome.'),
    (('Goodbye', 'Goodbye.', 'Bye', 'Bye!', 'See you later.', 'Good night.'), 'Goodbye.'),
    (
        ('Are you always right?', 'Can I trust you?', 'Do you make mistakes?', 'Are you sure?'),
        'No. I am a very small model and I make many mistakes. Check what I say.',
    ),
    (
        ('What is Stoa?', 'What is a stoa?', 'Tell me about Stoa.'),
        'A stoa was an open hall beside the market of a Greek city, where people traded and philosophers taught. '
        'Stoa is also the open market that I belong to.',
    ),
)
SUBJECT = ('Tell me about {}.', 'What do you think about {}?', 'Say something about {}.', 'Write about {}.')
REPEATS = 8  # Nothing else teaches these answers to a model this small.


def ask(question, answer):
    """The form of every exchange; an answer ends in a full stop."""
    answer = answer.strip()
    return f'Q: {question}\nA: {answer}' if answer[-1:] in '.?!"' else f'Q: {question}\nA: {answer}.'


def about_country(name, record, told_of, pick):
    """Exchanges about one country. Each fact is asked in a few ways, so that it is seen often enough to be learnt; its
    history only if `told_of` says that it isn't held out."""
    articled = r'Islands|Republic|^United|Netherlands|Philippines|Maldives|Bahamas|Gambia'
    the = f'the {name}' if re.search(articled, name) else name
    at_start = the[0].upper() + the[1:]
    be = 'are' if re.search(r'Islands|Netherlands|Philippines|Maldives|Bahamas', name) else 'is'
    found = []
    capital = short(field(record, 'Government', 'Capital', 'name')).split(';')[0]
    if capital and 'none' not in capital and len(capital) < 30:
        told = f'The capital of {the} is {capital}'
        found.append(ask(f'What is the capital of {the}?', told))
        found.append(ask(f'Name the capital of {the}.', told))
        found.append(ask(f'What is the capital city of {the}?', told))
        found.append(ask(f'{capital} is the capital of which country?', f'{capital} is the capital of {the}'))
    for section, key, questions, answer in FACTS:
        value = short(field(record, section, key))
        value = re.sub(r'\s*\d[\d.]*%|, other$', '', re.sub(r'^Caribbean', 'the Caribbean', value))
        if value and not re.match(r'(none|NA|no )', value):
            words = {'the': the, 'at_start': at_start, 'be': be, 'value': value}
            found += [ask(question.format(**words), answer.format(**words)) for question in questions]
    land = field(record, 'Geography', 'Land boundaries', 'border countries')
    borders = re.findall(r'([A-Z][A-Za-z\'. -]+?) [\d,.]+ km', land)
    if borders:
        found.append(ask(f'Which countries border {the}?', f'{at_start} borders {listed(borders)}'))
    background = sentences(softer(field(record, 'Introduction', 'Background')))
    if told_of and background[0]:
        asked = (f'Tell me about {the}.', f'What do you know about {the}?', f'Tell me about the history of {the}.')
        found.append(ask(pick(asked), ' '.join(background[:3])))
    return found


def short(text, limit=160):
    """A field's first clauses, without asides in brackets, notes and figures after them."""
    text = re.sub(r'\s*\([^()]*\)', '', re.sub(r'\([^()]*\([^()]*\)[^()]*\)', '', text))
    text = re.sub(r'\s*(note -|note:|\+\+).*', '', text).strip(' ;,')
    while len(text) > limit and re.search(r'[;,]', text):
        text = re.sub(r'\s*[;,][^;,]*$', '', text)
    return text.rstrip(' .;,')


def listed(names):
    return names[0] if len(names) == 1 else f'{", ".join(names[:-1])} and {names[-1]}'


def about_words(folder, known, pick):
    """Definitions, examples and synonyms of the words in `known`, and who or what the names are that WordNet has."""
    found = []
    for part in ('noun', 'verb', 'adj'):
        first = first_senses(folder, part)
        for offset, words, definition, examples, named in senses(folder, part):
            definition = re.sub(r'^\([^)]*\)\s*', '', definition)
            if named and len(definition) < 140 and words[0][0].isupper():
                if any(word.split()[-1] in known for word in words):
                    found.append(about_name(max(words, key=len), definition))
                continue
            word = words[0].split('(')[0]
            if word.isalpha() and word.islower() and word in known and first.get(word) == offset:
                others = [other for other in words[1:] if other.islower() and other in known]
                others = [other for other in others if first.get(other) == offset]
                found += about_word(part, word, definition, examples, others, pick)
    return found


def about_name(name, definition):
    """Who a person was or what a place is, by WordNet's definition."""
    dated = re.search(r'\(\d{3,4}(-\d{2,4})?\)', definition)
    person = dated or re.search(r'who |president|writer|painter|leader', definition.lower())
    told = definition.split(';')[0]
    if not re.match(r'(the|a|an|one|any|United|in|on) ', told):
        told = f'{article(told)}{told}'
    return ask(f'Who was {name}?', f'{name} was {told}') if person else ask(f'What is {name}?', f'{name} is {told}')


def about_word(part, word, definition, examples, others, pick):
    """What a word means, and where WordNet has them, a sentence with it and another word for it."""
    counted = part == 'noun' and re.match(r'(a|an|one|any) ', definition)
    subject = f'{article(word)}{word}' if counted else word
    subject = subject[0].upper() + subject[1:]
    lead = {'noun': f'{subject} is', 'verb': f'To {word} means to', 'adj': f'{word.capitalize()} means'}[part]
    asked = pick([f'What does "{word}" mean?', f'What does {word} mean?', f'What is the meaning of {word}?'])
    if part == 'noun':
        asked = pick([asked, f'What is {article(word) if counted else ""}{word}?', f'Define {word}.'])
    found = [ask(asked, f'{lead} {definition.split(";")[0]}')]
    if examples and len(examples[0].split()) > 3 and word in examples[0].lower().split():
        asked = pick([f'Use the word {word} in a sentence.', f'Give me a sentence with the word {word}.'])
        found.append(ask(asked, examples[0][0].upper() + examples[0][1:]))
    if others:
        asked = pick([f'What is another word for {word}?', f'Give me a synonym for {word}.'])
        found.append(ask(asked, f'Another word for {word} is {others[0]}'))
    return found


def article(word):
    return 'an ' if word[0].lower() in 'aeiou' else 'a '


def senses(folder, part):
    """WordNet's entries: (offset, words, definition, examples, whether the words are names of one person or thing)."""
    for line in (folder / f'dict/data.{part}').read_text('latin-1').splitlines():
        if line.startswith('  '):
            continue
        head, gloss = line.split(' | ', 1)
        cells = head.split(' ')
        words = [cells[4 + 2 * i].replace('_', ' ') for i in range(int(cells[3], 16))]
        parts = re.split(r';\s*(?=")', gloss.strip())
        yield cells[0], words, clean(parts[0]), [clean(part.strip('" ')) for part in parts[1:]], '@i' in cells


def first_senses(folder, part):
    """{word: offset of its most frequent sense}."""
    found = {}
    for line in (folder / f'dict/index.{part}').read_text('latin-1').splitlines():
        if not line.startswith('  '):
            cells = line.split()
            found[cells[0].replace('_', ' ')] = cells[6 + int(cells[3])]
    return found


def about_texts(texts, subjects, pick):
    """Exchanges that ask for a passage: on a subject (its most telling word), or as the continuation of a sentence."""
    seen = Counter()
    for _, _, parts in texts:
        for part in parts:
            seen.update(set(re.findall(r'[a-z]{4,}', part)))
    found = []
    for kind, _, parts in texts:
        for part in parts:
            if kind == 'country' or not 200 < len(part) < 1200:
                continue
            counts = Counter(re.findall(r'[a-z]{4,}', part))
            telling = [
                (count * count / seen[word], word)
                for word, count in counts.items()
                if count > 1 and 20 < seen[word] < 900 and word in subjects
            ]
            start, *rest = sentences(part)
            if telling and pick([True, False]):
                word = max(telling)[1]
                found.append(ask(pick(SUBJECT).format(word), ' '.join([start, *rest[:4]])))
            elif pick([True, False, False]) and len(rest) > 1:
                asked = ('Continue', 'Go on', 'What comes next')
                found.append(ask(f'{pick(asked)}: {start}', ' '.join(rest[:4])))
    return found


def about_presidents(folder, pick):
    """Who spoke to Congress in which year, and of which party he was. All years, also those whose texts aren't read."""
    found = []
    for path in sorted((folder / 'sotu/data').glob('*.json')):
        if not path.stem[:4].isdigit():
            continue
        record = json.loads(path.read_text('utf-8'))
        name, year = record['name'], record['year']
        party = {'Democratic': 'a Democrat', 'Republican': 'a Republican', 'Whig': 'a Whig'}.get(record['party'])
        asked = f'Who was president of the United States in {year}?'
        found.append(ask(asked, f'{name} spoke to Congress as president in {year}'))
        asked = f'Who gave the State of the Union address in {year}?'
        found.append(ask(asked, f'{name} gave the State of the Union address in {year}'))
        told = f'{name} was a president of the United States'
        found.append(ask(f'Who was {name}?', f'{told}, {party}' if party else told))
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


def echoes(words, count, pick):
    """Requests to repeat a few words: nothing else asks so plainly to copy from the question."""
    found = []
    for _ in range(count):
        said = ' '.join(pick(words) for _ in range(pick([1, 2, 3, 4, 5])))
        asked = pick(('Repeat after me: {}.', 'Say: {}.', 'Repeat these words: {}.', 'Say {}.'))
        found.append(ask(asked.format(said), said[0].upper() + said[1:]))
    return found


def about_self():
    return [ask(question, answer) for questions, answer in SELF for question in questions for _ in range(REPEATS)]
