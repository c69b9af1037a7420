"""Prints the figures of the cards, each from the committed files: `python3 models/evaluate.py [part …]`.

Parts: lm (perplexities and the bigram), gap (how much the next token is open), round-trip, samples, digits; all when
none is named. torch only does the arithmetic: the weights are read out of the ONNX files, so the figures belong to them.
The bigram counts train on the corpus, which is told anew from its seeds (a few seconds) when work/ is empty.
"""
import json
import math
import pathlib
import sys

import numpy as np
import torch

MODELS = pathlib.Path(__file__).resolve().parent
sys.path += [str(MODELS / "train"), str(MODELS / "data")]
import prepare  # noqa: E402
from llama import Llama  # noqa: E402
from onnx_reader import read_tensors  # noqa: E402
from tokenizer import BOS, EOS, Tokenizer  # noqa: E402
from train_digits import accuracy, network  # noqa: E402
from train_lm import CONTEXT, perplexity  # noqa: E402

NAMES = ("fable", "fable-mini")


def load(name):
    """The language model with the weights of its ONNX file."""
    config = json.loads((MODELS / name / "config.json").read_text())
    model, tensors = Llama(config), read_tensors(MODELS / name / "model.onnx")
    state = {key: torch.from_numpy(tensors[f"model.{key}"].T if "proj" in key else tensors[f"model.{key}"]).contiguous()
             for key in model.state_dict()}
    model.load_state_dict(state)
    return model.eval()


def load_digits():
    model, tensors = network(), read_tensors(MODELS / "digits/model.onnx")
    names = {0: "conv1", 3: "conv2", 7: "hidden", 9: "classifier"}
    model.load_state_dict({f"{layer}.{part}": torch.from_numpy(tensors[f"{name}.{part}"])
                           for layer, name in names.items() for part in ("weight", "bias")})
    return model.eval()


def heldout():
    return np.fromfile(MODELS / "fable/heldout.i32", "<i4")


def training_tokens():
    path = prepare.WORK / "train.i16"
    if path.exists():
        return np.fromfile(path, "<i2").astype(np.int64)
    return prepare.stream(tokenizer(), prepare.TRAIN_SEED, prepare.TRAIN_WORDS)


def tokenizer():
    return Tokenizer.load(MODELS / "fable/tokenizer.json")


def bigram_perplexity(train, test, vocab):
    """Bigram counts of the whole training corpus, backed off to the unigram: (c(a,b) + 2 p(b)) / (c(a) + 2)."""
    counts = np.zeros((vocab, vocab))
    np.add.at(counts, (train[:-1], train[1:]), 1)
    unigram = (counts.sum(0) + 1e-3) / (counts.sum() + vocab * 1e-3)
    chances = (counts + 2 * unigram) / (counts.sum(1, keepdims=True) + 2)
    windows = test[:len(test) // CONTEXT * CONTEXT].reshape(-1, CONTEXT)  # the same predictions as the models make
    return math.exp(-np.log(chances[windows[:, :-1], windows[:, 1:]]).mean())


def lm():
    tokens = heldout()
    print(f"held-out tokens: {len(tokens)}")
    for name in NAMES:
        model = load(name)
        weights = sum(weight.numel() for weight in model.parameters())
        print(f"{name}: perplexity {perplexity(model, tokens):.2f}, {weights} weights")
    print(f"bigram: perplexity {bigram_perplexity(training_tokens(), tokens, len(tokenizer().tokens)):.2f}")


def gap():
    """At how many places several next tokens are likely, and what lies just outside the nucleus."""
    windows = torch.from_numpy(heldout()[:40 * CONTEXT].astype(np.int64)).view(-1, CONTEXT)
    for name in NAMES:
        with torch.no_grad():
            chances = load(name)(windows).softmax(-1).flatten(0, 1)
        ranked = chances.sort(-1, descending=True).values
        nucleus = (ranked.cumsum(-1) < 0.8).sum(-1) + 1
        shares = " ".join(f"{least}+: {(nucleus >= least).float().mean():.1%}" for least in (2, 4, 8, 16))
        entropy = -(chances * chances.clamp_min(1e-12).log()).sum(-1).mean()
        print(f"{name}: mean entropy {entropy:.2f} nats; places whose 0.8-nucleus holds {shares}")


def sample(model, rng, length=CONTEXT):
    """Token ids drawn at temperature 1 from <s> on, up to </s> or the length."""
    ids = [BOS]
    while len(ids) < length and ids[-1] != EOS:
        with torch.no_grad():
            chances = model(torch.tensor([ids]))[0, -1].softmax(-1).double().numpy()
        ids.append(int(rng.choice(len(chances), p=chances / chances.sum())))
    return ids


def round_trip():
    """encode(decode(ids)) == ids, for ordinary text and for text sampled from the models (12 tokens, as keys are)."""
    coder, tokens = tokenizer(), heldout()
    stories = [story.tolist() for story in np.split(tokens, np.flatnonzero(tokens == BOS))[1:-1]]
    same = sum(coder.encode(coder.decode(ids)) == ids[:-1] for ids in stories)
    print(f"ordinary text: {same} of {len(stories)} held-out stories round-trip")
    for name in NAMES:
        model, rng = load(name), np.random.default_rng(5)
        samples = [sample(model, rng, 13) for _ in range(300)]
        samples = [ids[:-1] if ids[-1] == EOS else ids for ids in samples]
        same = sum(coder.encode(coder.decode(ids)) == ids for ids in samples)
        print(f"{name}: {same} of {len(samples)} sampled openings of 12 tokens round-trip")


def samples():
    for name in NAMES:
        model, rng = load(name), np.random.default_rng(7)
        for _ in range(3):
            print(f"{name}: {tokenizer().decode(sample(model, rng))}\n")


def digits():
    images = np.fromfile(MODELS / "digits/heldout.u8", np.uint8).reshape(-1, 28, 28)
    labels = np.fromfile(MODELS / "digits/heldout.labels.u8", np.uint8)
    model = load_digits()
    print(f"digits: accuracy {accuracy(model, images, labels):.3f} on {len(images)} held-out images, "
          f"{sum(weight.numel() for weight in model.parameters())} weights")


PARTS = {"lm": lm, "gap": gap, "round-trip": round_trip, "samples": samples, "digits": digits}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
