"""Byte-pair encoding: training, encoding, decoding, and the Hugging Face files that make other readers do the same.

A token is at most one word with its leading space (written ▁), or one run of punctuation. `tokenizer.json` spells out
the same steps (replace quotes, mark spaces, split, merge), so `@huggingface/tokenizers` gives the same ids.
"""
import collections
import json
import re
from functools import lru_cache

UNK, BOS, EOS = 0, 1, 2
SPECIAL = ["<unk>", "<s>", "</s>"]
SPACE = "\u2581"
SPLIT = SPACE + "?[A-Za-z]+|" + SPACE + "?[0-9]|" + SPACE + "?[^A-Za-z0-9" + SPACE + "]+|" + SPACE + "+"
QUOTES = [("\u2018", "'"), ("\u2019", "'"), ("\u201c", '"'), ("\u201d", '"')]
ALPHABET = [chr(code) for code in range(33, 127)] + [SPACE]


def pretokens(text):
    for curly, straight in QUOTES:
        text = text.replace(curly, straight)
    text = text.replace(" ", SPACE)
    return re.findall(SPLIT, text if text.startswith(SPACE) else SPACE + text)


def train_merges(texts, vocab_size):
    """The merges, most frequent pair first; ties go to the pair that sorts first, so that runs agree."""
    counts = collections.Counter(piece for text in texts for piece in pretokens(text))
    words = [[list(word), count] for word, count in sorted(counts.items())]
    merges = []
    while len(SPECIAL) + len(ALPHABET) + len(merges) < vocab_size:
        pairs = collections.Counter()
        for parts, count in words:
            for pair in zip(parts, parts[1:]):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for word in words:
            word[0] = _merge(word[0], best)
    return merges


def _merge(parts, pair):
    merged, at = [], 0
    while at < len(parts):
        if tuple(parts[at:at + 2]) == pair:
            merged.append(parts[at] + parts[at + 1])
            at += 2
        else:
            merged.append(parts[at])
            at += 1
    return merged


class Tokenizer:
    def __init__(self, merges):
        self.merges = [tuple(pair) for pair in merges]
        self.tokens = SPECIAL + ALPHABET + [left + right for left, right in self.merges]
        self.ids = {token: number for number, token in enumerate(self.tokens)}
        self._ranks = {pair: rank for rank, pair in enumerate(self.merges)}
        self._pieces = lru_cache(maxsize=None)(self._encode_piece)

    def _encode_piece(self, piece):
        parts = list(piece)
        while len(parts) > 1:
            pair = min(zip(parts, parts[1:]), key=lambda pair: self._ranks.get(pair, len(self._ranks)))
            if pair not in self._ranks:
                break
            parts = _merge(parts, pair)
        return [self.ids.get(part, UNK) for part in parts]

    def encode(self, text, bos=True):
        """Ids, with <s> in front; special tokens written out in the text are taken as such, as Hugging Face does."""
        sections = filter(None, re.split("(" + "|".join(SPECIAL) + ")", text))
        ids = [number for section in sections for number in self._encode_section(section)]
        return [BOS] + ids if bos else ids

    def _encode_section(self, section):
        if section in SPECIAL:
            return [self.ids[section]]
        return [number for piece in pretokens(section) for number in self._pieces(piece)]

    def decode(self, ids):
        """Text without special tokens and without the first word's leading space."""
        text = "".join(self.tokens[number] for number in ids if number >= len(SPECIAL)).replace(SPACE, " ")
        return text[1:] if text.startswith(" ") else text

    @classmethod
    def load(cls, path):
        with open(path, encoding="utf-8") as file:
            return cls(json.load(file)["model"]["merges"])

    def save(self, folder):
        """Writes tokenizer.json and tokenizer_config.json."""
        _write(folder / "tokenizer.json", self._describe())
        _write(folder / "tokenizer_config.json", {
            "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 128, "add_bos_token": True,
            "add_eos_token": False, "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>",
            "clean_up_tokenization_spaces": False})

    def _describe(self):
        flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
        metaspace = {"type": "Metaspace", "replacement": SPACE, "prepend_scheme": "always", "split": False}
        return {
            "version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [{"id": number, "content": token, **flags} for number, token in enumerate(SPECIAL)],
            "normalizer": {"type": "Sequence", "normalizers": [
                {"type": "Replace", "pattern": {"String": curly}, "content": straight} for curly, straight in QUOTES]},
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [metaspace, {
                "type": "Split", "pattern": {"Regex": SPLIT}, "behavior": "Isolated", "invert": False}]},
            "post_processor": {
                "type": "TemplateProcessing",
                "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                "pair": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                         {"Sequence": {"id": "B", "type_id": 1}}],
                "special_tokens": {"<s>": {"id": "<s>", "ids": [BOS], "tokens": ["<s>"]}}},
            "decoder": metaspace,
            "model": {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None,
                      "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                      "vocab": self.ids, "merges": [list(pair) for pair in self.merges]},
        }


def _write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
