"""A small Llama: RMSNorm, rotary positions, causal attention, SwiGLU, no biases, head tied to the embedding."""
import torch
from torch import nn
from torch.nn import functional as F

EPSILON = 1e-5
ROPE_THETA = 10_000.0


class RmsNorm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPSILON) * self.weight


def rope_tables(context, head_size):
    """Cosines and sines [context, head_size]; halves rotate together, as in Hugging Face's Llama."""
    rates = ROPE_THETA ** (-torch.arange(0, head_size, 2).float() / head_size)
    angles = torch.outer(torch.arange(context).float(), rates).repeat(1, 2)
    return angles.cos(), angles.sin()


def rotate(x, cos, sin):
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), -1) * sin


class Attention(nn.Module):
    def __init__(self, size, heads):
        super().__init__()
        self.heads, self.head_size = heads, size // heads
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(self, name, nn.Linear(size, size, bias=False))

    def forward(self, x, cos, sin, mask):
        batch, length, size = x.shape
        q, k, v = (proj(x).view(batch, length, self.heads, self.head_size).transpose(1, 2)
                   for proj in (self.q_proj, self.k_proj, self.v_proj))
        scores = rotate(q, cos, sin) @ rotate(k, cos, sin).transpose(2, 3) / self.head_size ** 0.5 + mask
        return self.o_proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, size))


class Mlp(nn.Module):
    def __init__(self, size, inner):
        super().__init__()
        self.gate_proj = nn.Linear(size, inner, bias=False)
        self.up_proj = nn.Linear(size, inner, bias=False)
        self.down_proj = nn.Linear(inner, size, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, size, heads, inner):
        super().__init__()
        self.input_layernorm, self.self_attn = RmsNorm(size), Attention(size, heads)
        self.post_attention_layernorm, self.mlp = RmsNorm(size), Mlp(size, inner)

    def forward(self, x, cos, sin, mask):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask)
        return x + self.mlp(self.post_attention_layernorm(x))


class Llama(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        size, context = config["hidden_size"], config["max_position_embeddings"]
        self.embed_tokens = nn.Embedding(config["vocab_size"], size)
        self.layers = nn.ModuleList(Layer(size, config["num_attention_heads"], config["intermediate_size"])
                                    for _ in range(config["num_hidden_layers"]))
        self.norm = RmsNorm(size)
        cos, sin = rope_tables(context, size // config["num_attention_heads"])
        for name, table in (("cos", cos), ("sin", sin), ("mask", torch.full((context, context), -1e9).triu(1))):
            self.register_buffer(name, table, persistent=False)
        for weight in self.parameters():
            if weight.dim() == 2:
                nn.init.normal_(weight, std=0.02)

    def forward(self, ids):
        """Logits [batch, length, vocab] for ids [batch, length]."""
        length = ids.shape[1]
        cos, sin, mask = self.cos[:length], self.sin[:length], self.mask[:length, :length]
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x, cos, sin, mask)
        return self.norm(x) @ self.embed_tokens.weight.t()
