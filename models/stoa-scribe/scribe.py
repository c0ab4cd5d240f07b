"""The network, exactly Llama's (arXiv 2307.09288), in plain PyTorch: RMSNorm, rotary positions in Hugging Face's
half-split layout, grouped key and value heads, SwiGLU, no biases, output tied to the embedding. The parameters have
Hugging Face's names."""

import math

import torch
from torch import nn
from torch.nn import functional as F

CONFIG = {
    'architectures': ['LlamaForCausalLM'],
    'model_type': 'llama',
    'hidden_size': 192,
    'intermediate_size': 512,
    'num_hidden_layers': 6,
    'num_attention_heads': 6,
    'num_key_value_heads': 2,
    'head_dim': 32,
    'hidden_act': 'silu',
    'vocab_size': 2048,
    'max_position_embeddings': 256,
    'rms_norm_eps': 1e-5,
    'rope_theta': 10000.0,
    'tie_word_embeddings': True,
    'attention_bias': False,
    'mlp_bias': False,
    'bos_token_id': 0,
    'eos_token_id': 0,
    'torch_dtype': 'float16',
}


class Norm(nn.Module):
    def __init__(self, width, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + self.eps) * self.weight


def rotary(length, config):
    """(cosines, sines), each [length, head_dim]; the angle of pair i at position p is p / theta^(2i / head_dim)."""
    size = config['head_dim']
    speeds = config['rope_theta'] ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    angles = torch.arange(length, dtype=torch.float64)[:, None] * speeds
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos().float(), angles.sin().float()


def rotate(x, cosines, sines):
    """x: [batch, heads, length, head_dim]. Pairs are (i, i + head_dim / 2)."""
    left, right = x.chunk(2, dim=-1)
    return x * cosines + torch.cat([-right, left], dim=-1) * sines


class Attention(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, size = config['hidden_size'], config['head_dim']
        self.heads, self.groups, self.size = config['num_attention_heads'], config['num_key_value_heads'], size
        self.q_proj = nn.Linear(width, self.heads * size, bias=False)
        self.k_proj = nn.Linear(width, self.groups * size, bias=False)
        self.v_proj = nn.Linear(width, self.groups * size, bias=False)
        self.o_proj = nn.Linear(self.heads * size, width, bias=False)

    def forward(self, x, cosines, sines, mask):
        batch, length, _ = x.shape
        split = lambda y, heads: y.view(batch, length, heads, self.size).transpose(1, 2)
        query = rotate(split(self.q_proj(x), self.heads), cosines, sines)
        key = rotate(split(self.k_proj(x), self.groups), cosines, sines)
        value = split(self.v_proj(x), self.groups)
        # Query head h reads key and value head h // (heads / groups).
        key, value = (y.repeat_interleave(self.heads // self.groups, dim=1) for y in (key, value))
        scores = query @ key.transpose(-1, -2) / math.sqrt(self.size) + mask
        mixed = scores.softmax(-1) @ value
        return self.o_proj(mixed.transpose(1, 2).reshape(batch, length, -1))


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, inner = config['hidden_size'], config['intermediate_size']
        self.gate_proj = nn.Linear(width, inner, bias=False)
        self.up_proj = nn.Linear(width, inner, bias=False)
        self.down_proj = nn.Linear(inner, width, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.input_layernorm = Norm(config['hidden_size'], config['rms_norm_eps'])
        self.self_attn = Attention(config)
        self.post_attention_layernorm = Norm(config['hidden_size'], config['rms_norm_eps'])
        self.mlp = FeedForward(config)

    def forward(self, x, *positions):
        x = x + self.self_attn(self.input_layernorm(x), *positions)
        return x + self.mlp(self.post_attention_layernorm(x))


class Body(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embed_tokens = nn.Embedding(config['vocab_size'], config['hidden_size'])
        self.layers = nn.ModuleList(Layer(config) for _ in range(config['num_hidden_layers']))
        self.norm = Norm(config['hidden_size'], config['rms_norm_eps'])


class Scribe(nn.Module):
    """Ids [batch, length] to logits [batch, length, vocabulary]; length up to max_position_embeddings."""

    def __init__(self, config):
        super().__init__()
        self.model = Body(config)
        length = config['max_position_embeddings']
        cosines, sines = rotary(length, config)
        self.register_buffer('cosines', cosines, persistent=False)
        self.register_buffer('sines', sines, persistent=False)
        self.register_buffer('mask', torch.full((length, length), -math.inf).triu(1), persistent=False)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                # What writes to the residual stream starts smaller, so that the stream's size doesn't grow with depth.
                writes = name.endswith(('o_proj.weight', 'down_proj.weight'))
                nn.init.normal_(weight, std=0.02 / (math.sqrt(2 * config['num_hidden_layers']) if writes else 1))

    def forward(self, ids):
        length = ids.shape[1]
        x = self.model.embed_tokens(ids)
        for layer in self.model.layers:
            x = layer(x, self.cosines[:length], self.sines[:length], self.mask[:length, :length])
        return F.linear(self.model.norm(x), self.model.embed_tokens.weight)
