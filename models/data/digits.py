"""Draws digits: hand-made strokes, bent, slanted, scaled, thickened, blurred and speckled at random.

Ink is 1 on a ground of 0, 28 x 28, the digit about 20 pixels high near the middle, as on a canvas drawn with a mouse.
"""
import numpy as np

SIZE = 28
_SAMPLES = 40  # points along all strokes of one digit


def _arc(x, y, rx, ry, start, end, points=7):
    """Points on an ellipse; angles in degrees, 0 to the right, 90 downwards."""
    angles = np.radians(np.linspace(start, end, points))
    return [(x + rx * np.cos(a), y + ry * np.sin(a)) for a in angles]


# Each way to write a digit is a list of strokes; a stroke is a smooth curve through its points (x right, y down).
STROKES = {
    0: [[_arc(.5, .5, .32, .44, -90, 270, 9)], [_arc(.5, .5, .26, .44, -60, 310, 9)], [_arc(.5, .5, .4, .44, -110, 245, 9)]],
    1: [[[(.5, .06), (.5, .94)]], [[(.3, .25), (.52, .06)], [(.52, .06), (.52, .94)]], [[(.55, .06), (.45, .94)]],
        [[(.3, .25), (.52, .06)], [(.52, .06), (.52, .94)], [(.28, .94), (.76, .94)]]],
    2: [[_arc(.48, .3, .3, .24, -170, 40, 6) + [(.45, .7), (.18, .92)], [(.18, .92), (.84, .92)]],
        [_arc(.48, .28, .28, .22, -180, 30, 6) + [(.5, .68), (.26, .88), (.2, .78), (.4, .8), (.84, .92)]],
        [_arc(.48, .32, .3, .26, -150, 50, 6) + [(.2, .93)], [(.2, .93), (.5, .88), (.84, .93)]]],
    3: [[_arc(.45, .29, .28, .22, -150, 90, 6), _arc(.45, .71, .32, .22, -90, 150, 6)],
        [[(.2, .08), (.76, .08)], [(.76, .08), (.46, .4)], _arc(.46, .66, .3, .26, -90, 150, 6)],
        [_arc(.45, .28, .26, .2, -160, 70, 5) + [(.42, .48)] + _arc(.45, .7, .3, .23, -70, 160, 6)]],
    4: [[[(.32, .08), (.18, .56)], [(.18, .56), (.84, .56)], [(.64, .28), (.62, .94)]],
        [[(.62, .06), (.14, .64)], [(.14, .64), (.88, .64)], [(.64, .06), (.64, .94)]],
        [[(.25, .08), (.22, .4), (.4, .52), (.7, .44)], [(.74, .08), (.68, .94)]]],
    5: [[[(.8, .08), (.28, .08)], [(.28, .08), (.24, .46)], [(.24, .46)] + _arc(.46, .66, .3, .26, -80, 140, 6)],
        [[(.3, .1), (.26, .44)], [(.26, .44), (.5, .38), (.76, .6), (.62, .88), (.2, .9)], [(.3, .1), (.8, .1)]],
        [[(.8, .1), (.36, .1), (.28, .44), (.6, .46), (.74, .68), (.56, .9), (.2, .84)]]],
    6: [[[(.7, .06), (.38, .28), (.22, .64)] + _arc(.48, .7, .26, .23, 160, -180, 8)],
        [[(.56, .06), (.3, .4), (.24, .7), (.46, .93), (.74, .78), (.64, .54), (.3, .62)]],
        [[(.78, .14), (.5, .08), (.24, .4), (.26, .8), (.54, .93), (.78, .7), (.56, .5), (.26, .64)]]],
    7: [[[(.18, .08), (.82, .08)], [(.82, .08), (.4, .94)]],
        [[(.18, .1), (.82, .08)], [(.82, .08), (.54, .5), (.44, .94)], [(.36, .5), (.74, .5)]],
        [[(.18, .2), (.2, .08)], [(.2, .08), (.82, .1)], [(.82, .1), (.56, .45), (.46, .94)]]],
    8: [[_arc(.5, .28, .24, .21, 90, -270, 8), _arc(.5, .71, .3, .23, -90, 270, 8)],
        [[(.74, .2), (.5, .07), (.26, .24), (.5, .46), (.76, .7), (.5, .93), (.24, .7), (.5, .46), (.74, .22)]],
        [[(.5, .46), (.28, .26), (.5, .07), (.72, .26), (.5, .46), (.24, .72), (.5, .93), (.76, .72), (.5, .46)]]],
    9: [[_arc(.48, .3, .26, .24, 0, -350, 8), [(.74, .2), (.72, .5), (.66, .94)]],
        [_arc(.48, .3, .26, .24, 0, -340, 8) + [(.76, .5), (.66, .8), (.4, .93), (.24, .84)]],
        [[(.74, .16), (.46, .07), (.24, .3), (.46, .5), (.74, .3)], [(.76, .1), (.7, .94)]]],
}


def _smooth(points, count):
    """Catmull-Rom curve through the points, as `count` points."""
    points = np.asarray(points, dtype=np.float64)
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    place = np.linspace(0, len(points) - 1, count)
    at = np.minimum(place.astype(int), len(points) - 2)
    t = (place - at)[:, None]
    a, b, c, d = (padded[at + shift] for shift in range(4))
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t ** 2 + (3 * b - a - 3 * c + d) * t ** 3)


def _segments(digit, rng):
    """Line pieces [pieces, 2 ends, x/y] of one wobbly way to write the digit, around the origin, about 1 high."""
    ways = STROKES[digit]
    strokes = ways[rng.integers(len(ways))]
    wobble = rng.uniform(0.0, 0.06)
    corners = {}  # shared ends of strokes move together
    pieces = []
    for stroke in strokes:
        moved = [corners.setdefault(tuple(np.round(p, 3)), np.add(p, rng.normal(0, wobble, 2))) for p in stroke]
        curve = _smooth(moved, max(4, _SAMPLES // len(strokes)))
        pieces.append(np.stack([curve[:-1], curve[1:]], 1))
    return np.concatenate(pieces) - 0.5


def _place(pieces, rng):
    """Random size, slant, turn and shift; result in pixels."""
    height, aspect = rng.uniform(14, 23), rng.uniform(0.6, 1.15)
    slant, turn = rng.normal(0.1, 0.18), rng.normal(0, 0.12)
    shape = np.array([[aspect, -slant], [0, 1]])
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    placed = pieces @ (rotation @ shape).T * height
    middle = (placed.reshape(-1, 2).max(0) + placed.reshape(-1, 2).min(0)) / 2
    return placed - middle + SIZE / 2 + rng.normal(0, 1.1, 2)


def _distances(pieces):
    """Distance of every pixel's centre to the nearest line piece."""
    grid = np.stack(np.meshgrid(np.arange(SIZE) + 0.5, np.arange(SIZE) + 0.5), -1).reshape(-1, 1, 2)
    start, along = pieces[:, 0], pieces[:, 1] - pieces[:, 0]
    t = ((grid - start) * along).sum(-1) / np.maximum((along ** 2).sum(-1), 1e-9)
    nearest = start + np.clip(t, 0, 1)[..., None] * along
    return np.sqrt(((grid - nearest) ** 2).sum(-1).min(1)).reshape(SIZE, SIZE)


def draw(digit, rng):
    """One image, uint8 [28, 28]."""
    distance = _distances(_place(_segments(digit, rng), rng))
    half_width, softness = rng.uniform(0.6, 2.0), rng.uniform(0.35, 0.9)
    image = np.clip((half_width - distance) / (2 * softness) + 0.5, 0, 1) * rng.uniform(0.75, 1.0)
    if rng.random() < 0.4:
        image = image + rng.normal(0, rng.uniform(0, 0.12), image.shape)
    return np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)


def draw_many(count, seed):
    """Images uint8 [count, 28, 28] and labels uint8 [count]."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(10, size=count).astype(np.uint8)
    return np.stack([draw(label, rng) for label in labels]), labels
