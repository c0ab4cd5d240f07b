"""Writes the model's files, reads them back, and measures them.

    python3 export.py            # perplexity on heldout.txt, the largest numbers inside, and a few samples
"""

import json
import math
import struct
from pathlib import Path

import bpe
import torch
from scribe import CONFIG, Scribe
from torch.nn import functional as F

PROMPTS = (
    'Q: What is the capital of France?\nA:',
    'Q: What is a harbor?\nA:',
    'The President of the United States',
    'Q: Tell me about freedom.\nA: We',
)


def write(model, tokenizer, folder):
    """Writes model.safetensors (float16), config.json and reference.json; returns the model rounded to float16."""
    rounded = Scribe(CONFIG)
    rounded.load_state_dict({name: weight.half().float() for name, weight in model.state_dict().items()})
    rounded.eval()
    write_tensors(folder / 'model.safetensors', {name: weight.half() for name, weight in model.state_dict().items()})
    (folder / 'config.json').write_text(json.dumps(CONFIG, indent=2) + '\n')
    (folder / 'reference.json').write_text(json.dumps(reference(rounded, tokenizer), indent=1) + '\n')
    return rounded


def write_tensors(path, tensors):
    """The safetensors format: length of the header (8 bytes, little-endian), the header in JSON, the tensors' bytes."""
    header, at = {'__metadata__': {'format': 'pt'}}, 0
    for name, tensor in tensors.items():
        size = tensor.numel() * 2
        header[name] = {'dtype': 'F16', 'shape': list(tensor.shape), 'data_offsets': [at, at + size]}
        at += size
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.contiguous().numpy().tobytes())


def read(folder):
    """(model in float32 from the float16 weights, tokenizer) of a folder."""
    whole = (folder / 'model.safetensors').read_bytes()
    size = struct.unpack('<Q', whole[:8])[0]
    header = json.loads(whole[8 : 8 + size])
    tensors = {}
    for name, entry in header.items():
        if name != '__metadata__':
            begin, end = (8 + size + at for at in entry['data_offsets'])
            halves = torch.frombuffer(bytearray(whole[begin:end]), dtype=torch.float16)
            tensors[name] = halves.reshape(entry['shape']).float()
    model = Scribe(json.loads((folder / 'config.json').read_text()))
    model.load_state_dict(tensors)
    merges = json.loads((folder / 'tokenizer.json').read_text('utf-8'))['model']['merges']
    return model.eval(), bpe.Tokenizer([tuple(merge.split(' ')) for merge in merges])


@torch.no_grad()
def reference(model, tokenizer):
    """For each prompt its ids, and at each position the five largest logits with their ids."""
    found = []
    for prompt in PROMPTS:
        ids = [0, *tokenizer.encode(prompt)]
        logits, tokens = model(torch.tensor([ids]))[0].topk(5)
        top = [[{'id': int(i), 'logit': round(float(x), 5)} for x, i in zip(*row)] for row in zip(logits, tokens)]
        found.append({'prompt': prompt, 'ids': ids, 'top5': top})
    return {'precision': 'float32 arithmetic on the float16 weights', 'prompts': found}


@torch.no_grad()
def perplexity(model, ids):
    """exp of the mean loss a token. The ids are cut into runs of 255, each read after one END token, no overlap."""
    run = CONFIG['max_position_embeddings'] - 1
    total = 0.0
    for at in range(0, len(ids), run):
        part = ids[at : at + run]
        logits = model(torch.tensor([[0, *part[:-1]]]))[0]
        total += F.cross_entropy(logits, torch.tensor(part), reduction='sum').item()
    return math.exp(total / len(ids))


@torch.no_grad()
def generate(model, tokenizer, prompt, limit=120, temperature=0.0, seed=1):
    """Continues a prompt until END or `limit` tokens; temperature 0 takes the likeliest token."""
    chance = torch.Generator().manual_seed(seed)
    ids = [0, *tokenizer.encode(prompt)]
    begun = len(ids)
    while len(ids) - begun < limit:
        logits = model(torch.tensor([ids[-CONFIG['max_position_embeddings'] :]]))[0, -1]
        if temperature:
            kept, tokens = logits.topk(40)
            token = int(tokens[torch.multinomial((kept / temperature).softmax(0), 1, generator=chance)])
        else:
            token = int(logits.argmax())
        if token == 0:
            break
        ids.append(token)
    return tokenizer.decode(ids[begun:])


@torch.no_grad()
def largest(model, ids):
    """Per layer, the largest magnitude in the residual stream and its root mean square: outliers show here."""
    rows = []
    keep = lambda _, __, x: rows.append((x.abs().max().item(), x.pow(2).mean().sqrt().item()))
    hooks = [layer.register_forward_hook(keep) for layer in model.model.layers]
    model(torch.tensor([ids[: CONFIG['max_position_embeddings']]]))
    for hook in hooks:
        hook.remove()
    return rows


def main():
    folder = Path(__file__).parent
    model, tokenizer = read(folder)
    text = (folder / 'heldout.txt').read_text('utf-8')
    ids = tokenizer.encode(text)
    per_token = perplexity(model, ids)
    size = len(text.encode())
    bits = math.log2(per_token) * len(ids) / size
    print(f'heldout.txt: {len(ids)} tokens, {size} bytes')
    print(f'perplexity {per_token:.3f} a token, {2**bits:.4f} a byte ({bits:.4f} bits a byte)')
    print(f'largest weight {max(weight.abs().max().item() for weight in model.parameters()):.2f}')
    for i, (peak, mean) in enumerate(largest(model, ids)):
        print(f'layer {i}: largest {peak:.1f}, root mean square {mean:.2f}, ratio {peak / mean:.1f}')
    for prompt in PROMPTS:
        print(f'--- {prompt}{generate(model, tokenizer, prompt)}')
        print(f'--- (temperature 0.7) {prompt}{generate(model, tokenizer, prompt, temperature=0.7)}')


if __name__ == '__main__':
    main()
