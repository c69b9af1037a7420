"""A small template language, and the world one story is told about.

    [a|b|]        one of the alternatives (they nest; an empty one makes the rest optional)
    {#tree}       a word from the list `tree`;  {#tree+s} its plural
    {x}           what the world calls x;  {x=#tree} draws and remembers it
"""
import itertools
import random
import re

from words import WORDS

_STEEPNESS = 0.25  # 0 = all words of a list equally likely, 1 = Zipf's law
_VOWEL = re.compile(r"\b([Aa]) (?=(?!one\b|us[eu]|uni)[aeiou]|hon|hour)")
_IRREGULAR = {"fish": "fish", "sheep": "sheep", "goose": "geese", "ox": "oxen", "mouse": "mice", "loaf": "loaves",
              "wolf": "wolves", "knife": "knives", "calf": "calves", "deer": "deer", "foot": "feet", "leaf": "leaves",
              "penny": "pennies", "box": "boxes", "scarf": "scarves"}
_WEIGHTS = {name: list(itertools.accumulate((rank + 3) ** -_STEEPNESS for rank in range(len(words))))
            for name, words in WORDS.items()}


def plural(noun):
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def _parse(text, at, closing):
    """Parses alternatives up to `closing`; gives the list of alternatives and the place after it."""
    options, parts, plain = [], [], ""
    while at < len(text):
        char = text[at]
        if char in "[{|]" and plain:
            parts.append(plain)
            plain = ""
        if char == closing:
            break
        if char == "[":
            inner, at = _parse(text, at + 1, "]")
            parts.append(inner)
        elif char == "{":
            end = text.index("}", at)
            parts.append(("slot", text[at + 1:end]))
            at = end + 1
        elif char == "|":
            options.append(parts)
            parts, at = [], at + 1
        else:
            plain, at = plain + char, at + 1
    if plain:
        parts.append(plain)
    return options + [parts], at + 1


# Words that may bring a describing word along, and the list it comes from.
_DESCRIBED = {"thing": "thingadj", "tool": "thingadj", "container": "thingadj", "goods": "thingadj", "food": "foodadj",
              "spot": "spotadj", "land": "landadj", "trade": "look", "passer": "look", "elder": "look", "tree": "plantadj",
              "flower": "plantadj", "herb": "plantadj", "bird": "beastadj", "wild": "beastadj", "beast": "beastadj",
              "animal": "beastadj", "clothes": "thingadj", "instrument": "thingadj", "danger": "beastadj",
              "kin": "look", "folk": "feel", "cloth": "color", "smell": "plantadj"}
_DESCRIBE, _HOW = 0.6, 0.35  # how often a noun gets an adjective and "went" an adverb

_parsed = {}


class World:
    """What holds for one story: its random source and everything that was named so far."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.bound = {}
        self.used = set()

    def draw(self, name):
        return self.random.choices(WORDS[name], cum_weights=_WEIGHTS[name])[0]

    def draw_new(self, name):
        """A word that no role of this story has yet."""
        word = self.draw(name)
        while word in self.used:
            word = self.draw(name)
        self.used.add(word)
        return word

    def tell(self, text):
        """Fills a template and mends the articles."""
        if text not in _parsed:
            _parsed[text] = _parse(text, 0, None)[0]
        told = self._choose(_parsed[text])
        told = re.sub(r" +([,.!?;])", r"\1", re.sub(r"\s+", " ", told)).strip()
        return _VOWEL.sub(r"\1n ", told)

    def _choose(self, options):
        parts = options[0] if len(options) == 1 else self.random.choice(options)
        return "".join(part if isinstance(part, str) else self._fill(part[1]) if isinstance(part, tuple)
                       else self._choose(part) for part in parts)

    def _fill(self, slot):
        if slot.endswith("+s"):
            *adjective, noun = self._fill(slot[:-2]).rsplit(" ", 1)
            return " ".join(adjective + [plural(noun)])
        name, _, source = slot.rpartition("=")
        if name:
            if name not in self.bound:
                self.bound[name] = self.draw_new(source[1:])
            return self.bound[name]
        if slot.startswith("#"):
            return self._describe(slot[1:], self.draw(slot[1:]))
        value = self.bound[slot]
        return value() if callable(value) else value

    def _describe(self, kind, word):
        if kind in _DESCRIBED and self.random.random() < _DESCRIBE:
            return f"{self.draw(_DESCRIBED[kind])} {word}"
        if kind == "went" and self.random.random() < _HOW:
            return f"{word} {self.draw('mannerly')}"
        return word


def capitalise(text):
    """Capital letters at the starts of sentences and quotations (not after `?"`, where "asked she" follows)."""
    return re.sub(r'((?:^|[.!?:] |\." )"?)([a-z])', lambda m: m.group(1) + m.group(2).upper(), text)
