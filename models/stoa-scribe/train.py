"""Trains Stoa Scribe from nothing and writes everything that this folder ships. README.md says how to run it.

    python3 train.py

First it reads everything, then, at half the learning rate, mostly short exchanges (corpus.finish). Every few minutes
the files are written anew, so that the run can be ended early. The learning rate follows the processor time spent
rather than the steps made: the run fits its budget on any machine, however busy, and is not repeatable to the bit.

No dropout: the run passes over its text about once, too little to learn it by heart.
"""

import argparse
import math
import random
import time
from pathlib import Path

import bpe
import corpus
import export
import sources
import torch
from scribe import CONFIG, Scribe
from torch.nn import functional as F

LENGTH = CONFIG['max_position_embeddings']
BATCH = 4  # Windows a step. Small, as time buys only a few million tokens: more steps are worth more than calm ones.
READING, FINISHING = 2e-3, 1e-3  # Highest learning rate of each phase.
FLOOR, WARM_UP = 0.02, 0.02  # The last rate as a share of the highest; the share of a phase in which the rate rises.
CHECKPOINT = 180  # Seconds of processor time between checkpoints.


def stream(documents, tokenizer):
    """All documents in one row of ids, each begun by the END token."""
    return torch.tensor([i for document in documents for i in (0, *tokenizer.encode(document))])


def batches(ids, rng):
    """Windows of LENGTH + 1 ids without end: each pass cuts the row at another offset, in another order."""
    while True:
        starts = list(range(rng.randrange(LENGTH), len(ids) - LENGTH, LENGTH))
        rng.shuffle(starts)
        for i in range(0, len(starts) - BATCH + 1, BATCH):
            yield torch.stack([ids[start : start + LENGTH + 1] for start in starts[i : i + BATCH]])


def rate(spent):
    """Share of the highest learning rate when this share of the phase is spent: a linear rise, then half a cosine."""
    if spent < WARM_UP:
        return spent / WARM_UP
    return FLOOR + (1 - FLOOR) * 0.5 * (1 + math.cos(math.pi * (spent - WARM_UP) / (1 - WARM_UP)))


def optimizer(model):
    """AdamW. Weight decay keeps the matrices free of outliers, which would cost precision in 8-bit integers."""
    matrices = [weight for weight in model.parameters() if weight.dim() == 2]
    scales = [weight for weight in model.parameters() if weight.dim() == 1]
    groups = [{'params': matrices, 'weight_decay': 0.1}, {'params': scales, 'weight_decay': 0.0}]
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-9)


def train(model, ids, peak, minutes, checkpoint):
    """Trains one phase; calls checkpoint(steps, minutes spent, mean loss since the last) now and then, and last."""
    steps, losses, saved = 0, [], 0.0
    adam = optimizer(model)
    begun = time.process_time()
    for batch in batches(ids, random.Random(1)):
        spent = (time.process_time() - begun) / torch.get_num_threads()
        if spent - saved >= CHECKPOINT or spent >= minutes * 60:
            checkpoint(steps, spent / 60, sum(losses) / max(len(losses), 1))
            losses, saved = [], spent
        if spent >= minutes * 60:
            return
        for group in adam.param_groups:
            group['lr'] = peak * rate(spent / minutes / 60)
        loss = F.cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())
        adam.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()
        losses.append(loss.item())
        steps += 1


def main():
    options = argparse.ArgumentParser(description='Trains Stoa Scribe and writes its files.')
    options.add_argument('--reading', type=float, default=27, help='minutes of processor time for the first phase')
    options.add_argument('--finishing', type=float, default=18, help='minutes of processor time for the second phase')
    options.add_argument('--resume', action='store_true', help='begin with the weights and tokenizer in --out')
    options.add_argument('--threads', type=int, default=1)
    options.add_argument('--cache', type=Path, default=Path('.cache'), help='where the corpora are kept')
    options.add_argument('--out', type=Path, default=Path(__file__).parent, help='where the model is written')
    chosen = options.parse_args()
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(1)

    documents, prose, exchanges = corpus.build(sources.fetch(chosen.cache))
    heldout = '\n\n'.join(prose) + '\n'
    if chosen.resume:
        model, tokenizer = export.read(chosen.out)
    else:
        model, tokenizer = Scribe(CONFIG), bpe.Tokenizer(bpe.learn(documents, CONFIG['vocab_size']))
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / 'heldout.txt').write_text(heldout, 'utf-8')
    tokenizer.save(chosen.out / 'tokenizer.json')
    unseen = tokenizer.encode(heldout)
    asked = stream(exchanges, tokenizer).tolist()

    def checkpoint(steps, minutes, loss):
        rounded = export.write(model, tokenizer, chosen.out)
        # A part is enough to follow the curve; `export.py` measures all of it.
        on_prose = export.perplexity(rounded, unseen[: 40 * 255])
        on_exchanges = export.perplexity(rounded, asked[: 20 * 255])
        measured = f'loss {loss:.3f}  prose {on_prose:.2f}  exchanges {on_exchanges:.2f}'
        print(f'{minutes:5.1f} min {steps:5d} steps  {measured}', flush=True)

    phases = (
        ('reading', documents, READING, chosen.reading),
        ('finishing', corpus.finish(documents), FINISHING, chosen.finishing),
    )
    for name, texts, peak, minutes in phases:
        if minutes:
            ids = stream(texts, tokenizer)
            print(f'{name}: {len(ids)} tokens', flush=True)
            train(model, ids, peak, minutes, checkpoint)


if __name__ == '__main__':
    main()
