"""Tells the stories, trains the tokenizer and writes the token streams. First step; half a minute."""
import pathlib
import sys

import numpy as np

MODELS = pathlib.Path(__file__).resolve().parent.parent
sys.path.append(str(MODELS / "data"))
from story import stories  # noqa: E402
from tokenizer import EOS, Tokenizer, train_merges  # noqa: E402

WORK = MODELS / "work"
VOCAB = 2048
TRAIN_WORDS = 4_000_000
# Seeds far apart, so that no story serves twice.
TRAIN_SEED, HELDOUT_SEED, ORDINARY_SEED = 0, 10_000_000, 20_000_000


def stream(tokenizer, seed, words):
    """Stories one after another, each as <s> … </s>."""
    return np.array([number for story in stories(seed, words) for number in tokenizer.encode(story) + [EOS]])


def main():
    WORK.mkdir(exist_ok=True)
    tokenizer = Tokenizer(train_merges(stories(TRAIN_SEED, 600_000), VOCAB))
    heldout = stream(tokenizer, HELDOUT_SEED, 20_000)[:20_480].astype("<i4")
    ordinary = stream(tokenizer, ORDINARY_SEED, 45_000)[:45_056].astype("<i4")
    for name in ("fable", "fable-mini"):
        (MODELS / name).mkdir(exist_ok=True)
        tokenizer.save(MODELS / name)
        heldout.tofile(MODELS / name / "heldout.i32")
        ordinary.tofile(MODELS / name / "ordinary.i32")
    corpus = stream(tokenizer, TRAIN_SEED, TRAIN_WORDS)
    corpus.astype("<i2").tofile(WORK / "train.i16")
    print(f"{len(corpus)} training tokens, {len(heldout)} held out, {len(ordinary)} ordinary")


if __name__ == "__main__":
    main()
