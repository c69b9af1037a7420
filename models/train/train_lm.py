"""Trains one language model: `train_lm.py fable --steps 1300`. The weights go to work/, for export_lm.py."""
import argparse
import json
import math
import os
import pathlib
import time

# Threads that wait without spinning: much faster on a shared machine. Read when torch loads.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np  # noqa: E402
import torch  # noqa: E402

from llama import Llama
from muon import Muon
from tokenizer import BOS

MODELS = pathlib.Path(__file__).resolve().parent.parent
CONTEXT, BATCH = 128, 16


def batches(tokens, seed):
    """Windows of CONTEXT + 1 tokens: half of them from the start of a story, half from anywhere."""
    rng = np.random.default_rng(seed)
    starts = np.flatnonzero(tokens[:-CONTEXT - 1] == BOS)
    while True:
        at = np.concatenate([rng.choice(starts, BATCH // 2), rng.integers(len(tokens) - CONTEXT - 1, size=BATCH // 2)])
        windows = torch.from_numpy(np.stack([tokens[i:i + CONTEXT + 1] for i in at]).astype(np.int64))
        yield windows[:, :-1], windows[:, 1:]


def rate(step, steps):
    """Short warm-up, then level, then linear to zero over the last 40 %."""
    return min(1, (step + 1) / 40, (steps - step) / (0.4 * steps))


def loss_of(model, inputs, targets):
    logits = model(inputs)
    return torch.nn.functional.cross_entropy(logits.view(-1, logits.shape[-1]), targets.reshape(-1))


def perplexity(model, tokens):
    """Perplexity over whole windows of CONTEXT inputs, each predicting its next tokens."""
    windows = torch.from_numpy(tokens[:len(tokens) // CONTEXT * CONTEXT].astype(np.int64)).view(-1, CONTEXT)
    with torch.no_grad():
        losses = [loss_of(model, part[:, :-1], part[:, 1:]).item() * len(part) for part in windows.split(20)]
    return math.exp(sum(losses) / len(windows))


def optimisers(model):
    """Muon for the layers' matrices, Adam for the embedding and the gains."""
    matrices = [w for name, w in model.named_parameters() if w.dim() == 2 and "embed" not in name]
    others = [w for name, w in model.named_parameters() if w.dim() == 1 or "embed" in name]
    return Muon(matrices, lr=0.02), torch.optim.AdamW(others, lr=0.004, betas=(0.9, 0.98), weight_decay=0.0)


def train(config, steps, name):
    torch.manual_seed(1)
    torch.set_num_threads(2)
    model, source = Llama(config), batches(np.fromfile(MODELS / "work/train.i16", "<i2"), seed=1)
    heldout = np.fromfile(MODELS / name / "heldout.i32", "<i4")
    opts = optimisers(model)
    bases = [opt.param_groups[0]["lr"] for opt in opts]
    began, seen = time.time(), 0.0
    for step in range(steps):
        loss = loss_of(model, *next(source))
        for opt in opts:
            opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for opt, base in zip(opts, bases):
            opt.param_groups[0]["lr"] = base * rate(step, steps)
            opt.step()
        seen += loss.item()
        if (step + 1) % 100 == 0:
            print(f"{name} step {step + 1}/{steps} loss {seen / 100:.3f} {time.time() - began:.0f} s", flush=True)
            seen = 0.0
    print(f"{name} held-out perplexity {perplexity(model, heldout):.2f}", flush=True)
    return model


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=["fable", "fable-mini"])
    parser.add_argument("--steps", type=int, required=True)
    args = parser.parse_args()
    config = json.loads((MODELS / args.name / "config.json").read_text())
    model = train(config, args.steps, args.name)
    torch.save(model.state_dict(), MODELS / "work" / f"{args.name}.pt")


if __name__ == "__main__":
    main()
