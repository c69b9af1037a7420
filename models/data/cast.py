"""Who is in a story: two people or two animals, with names, manners and pronouns that stay the same throughout."""

_PRONOUNS = {"he": ("he", "him", "his", "himself"), "she": ("she", "her", "her", "herself")}


def _add_role(world, role, kind, gender, name):
    """Binds H (any way to call somebody), K (the kind), N (a name, if there is one) and the pronouns of one role."""
    look, manner = world.draw("look"), world.draw(world.bound[role + "nature"])
    the = "the " + kind
    named = name if name else the
    ways = [the, the, f"the {look} {kind}", f"the {manner} {kind}"] + [named] * 4
    introductions = [f"a {look} {kind} named {name}", f"{name} the {kind}", f"a {manner} {kind} called {name}"] \
        if name else [f"a {look} {kind}", f"a {manner} {kind}", f"a {look} and {manner} {kind}"]
    world.bound.update({
        "H" + role: lambda: world.random.choice(ways),
        "K" + role: kind, "N" + role: named, "name" + role: name or kind, "look" + role: look, "manner" + role: manner,
        "call" + role: name or "my friend",
        "intro" + role: lambda: world.random.choice(introductions),
    })
    for key, word in zip(("he", "him", "his", "self"), _PRONOUNS[gender]):
        world.bound[key + role] = word


def cast(world, nature, other_nature):
    """Two roles, 1 and 2; `nature` is the list ('good' or 'bad') each one's manner comes from."""
    world.bound["1nature"], world.bound["2nature"] = nature, other_nature
    kinds = "animal" if world.random.random() < 0.5 else "trade"
    for role in "12":
        gender = world.random.choice(["he", "she"])
        named = kinds == "trade" or world.random.random() < 0.4
        name = world.draw_new("boy" if gender == "he" else "girl") if named else ""
        _add_role(world, role, world.draw_new(kinds), gender, name)


def count(world, low=3, high=12):
    """Numbers that add up: n things, k of them gone, r of them left, m = n + 1."""
    words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
             "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"]
    n = world.random.randint(max(low, 4), high)
    k = world.random.randint(2, n - 2)
    world.bound.update(n=words[n], k=words[k], r=words[n - k], m=words[n + 1], nless=words[n - 1])
