"""One story from one seed, and streams of stories. `python3 story.py 5` prints five."""
import sys

from cast import cast, count
from grammar import World, capitalise
from plots import PLOTS
from scenes import ENDINGS, INTERLUDES, MANNERS, MORAL_FRAMES, MORALS, OPENINGS
from words import RIDDLES

_FRAGMENTS = 0.25  # share of stories told from the middle, so that a prompt need not be an opening
_BETTER = {"good": ("glad", "sad"), "bad": ("wiser", "boastful")}


def _bind(world, plot):
    """Settles who, where, how many and what is to be learnt."""
    theme, one, two, _ = plot
    cast(world, one, two)
    count(world)
    pick = world.random.choice
    world.bound["place"], world.bound["land"] = world.draw_new("village"), world.draw_new("land")
    world.bound["answer"], world.bound["riddle"] = pick(RIDDLES)
    world.bound["better1"], world.bound["worse1"] = world.draw("good"), world.draw("bad")
    maxim = world.tell(pick(MORALS[theme]))
    world.bound.update(maxim=maxim, Maxim=maxim[0].upper() + maxim[1:])


def _scenes(world, plot):
    """The templates of a whole story in their order."""
    pick, chance = world.random.choice, world.random.random
    yield pick(OPENINGS)
    yield from world.random.sample(MANNERS, world.random.choice([0, 1, 1, 2]))
    for beat in plot[3]:
        while chance() < 0.45:
            yield pick(INTERLUDES)
        yield pick(beat)
    yield pick(ENDINGS)
    if chance() < 0.8:
        yield pick(MORAL_FRAMES)


def tell_story(seed):
    """A story as one line of text."""
    world = World(seed)
    plot = world.random.choice(PLOTS)
    _bind(world, plot)
    told = [capitalise(world.tell(scene)) for scene in _scenes(world, plot)]
    if world.random.random() < _FRAGMENTS:
        told = told[world.random.randrange(1, len(told) - 1):]
    return " ".join(filter(None, told))


def stories(first_seed, words):
    """Stories with the seeds first_seed, first_seed + 1, … until they hold about that many words."""
    seed = first_seed
    while words > 0:
        story = tell_story(seed)
        yield story
        words -= story.count(" ") + 1
        seed += 1


if __name__ == "__main__":
    for number in range(int(sys.argv[1]) if len(sys.argv) > 1 else 3):
        print(tell_story(number), "\n")
