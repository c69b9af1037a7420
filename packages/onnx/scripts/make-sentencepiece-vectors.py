"""Writes packages/onnx/test-support/sentencepiece-vectors.json: small models and what the library itself makes of lines.

pip install sentencepiece==0.2.2, then: python packages/onnx/scripts/make-sentencepiece-vectors.py
"""

import base64
import io
import json
import pathlib
import tempfile

import sentencepiece

ROOT = pathlib.Path(__file__).parents[3]
GUIDES = sorted((ROOT / "docs/guides").glob("*.md"))
LINES = [line for page in GUIDES for line in page.read_text().split("\n") if line.strip()]
ASKED = [
    "Once upon a time",
    "  two  spaces, and a tab\there",
    "Größe: 12,5 µm – “quoted”",
    "日本語 🙂 emoji",
    "x",
    "line\nbreak",
    "HTTP 402, $0.001; see https://example.com/a?b=c",
    *LINES[:: len(LINES) // 20],
]


def train(**options):
    """A BPE model that leaves texts as they are, in bytes."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(LINES),
        model_writer=model,
        vocab_size=500,
        character_coverage=0.995,
        num_threads=1,
        minloglevel=2,
        **{
            "model_type": "bpe",
            "normalization_rule_name": "identity",
            "remove_extra_whitespaces": False,
            "byte_fallback": True,
            **options,
        },
    )
    return model.getvalue()


def vectors(asked, **options):
    """A model with the ids of some lines."""
    model = train(**options)
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    lines = [{"text": text, "ids": processor.encode(text)} for text in asked]
    return {"model": base64.b64encode(model).decode(), "lines": lines}


# One letter that becomes another.
RULES = tempfile.NamedTemporaryFile("w", suffix=".tsv", delete=False).name
pathlib.Path(RULES).write_text("41\t61\n")

TOLD = {
    "with a blank in front, as Llama": vectors(ASKED, add_dummy_prefix=True),
    "with pieces of its own, as Gemma": vectors(
        [*ASKED, "a<|tool|>b", "<|tool|>", " <|tool|> "], add_dummy_prefix=False, user_defined_symbols=["<|tool|>"]
    ),
    "without bytes": vectors(ASKED[:1], add_dummy_prefix=True, byte_fallback=False),
}
REFUSED = {
    "unigram": train(model_type="unigram"),
    "rules of its own": train(normalization_rule_tsv=RULES),
    "blanks that go": train(remove_extra_whitespaces=True),
    "pieces of its own behind a blank": train(user_defined_symbols=["<|tool|>"]),
}
OUT = ROOT / "packages/onnx/test-support/sentencepiece-vectors.json"
OUT.write_text(
    json.dumps(
        {"told": TOLD, "refused": {name: base64.b64encode(model).decode() for name, model in REFUSED.items()}},
        ensure_ascii=False,
        indent=2,
    )
    + "\n"
)
