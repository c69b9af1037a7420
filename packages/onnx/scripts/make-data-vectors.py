"""What Pillow 9.4 makes of small pictures: python3 make-data-vectors.py test-support/data-vectors.json

Its member `sounds` stays as it is: the mel windows there are those of transformers.js 3.8.1 (src/utils/audio.js, which
follows transformers' audio_utils.py), of 1,600 samples sin(.07 i) · .4 + sin(.0004 i²) · .3 at 16 kHz.
"""

import base64
import io
import json
import sys

from PIL import Image

W, H = 13, 9
pixels = [
    channel
    for y in range(H)
    for x in range(W)
    for channel in ((x * 37 + y * 11) % 256, (x * x + 3 * y) % 256, (255 - x * 9 - y * 5) % 256)
]
image = Image.frombytes("RGB", (W, H), bytes(pixels))


def encode(picture, form="PNG", **options):
    out = io.BytesIO()
    picture.save(out, form, **options)
    return base64.b64encode(out.getvalue()).decode()


def sized(width, height, resample):
    return {"width": width, "height": height, "bytes": list(image.resize((width, height), resample).tobytes())}


see_through = image.convert("RGBA")
see_through.putalpha(Image.frombytes("L", (W, H), bytes([(x * 20) % 256 for _ in range(H) for x in range(W)])))
files = {
    "rgb": encode(image),
    "grey": encode(image.convert("L")),
    "palette": encode(image.convert("P", palette=Image.Palette.ADAPTIVE, colors=7)),
    "bits": encode(image.convert("1")),
    "alpha": encode(see_through),
    "jpeg": encode(image.resize((32, 24), Image.Resampling.BICUBIC), "JPEG", quality=92, subsampling=0),
}
decoded = {
    name: list(Image.open(io.BytesIO(base64.b64decode(files[name]))).convert(mode).tobytes())
    for name, mode in (("rgb", "RGB"), ("grey", "L"), ("palette", "RGB"), ("bits", "L"), ("jpeg", "RGB"))
}
sizes = {
    "bilinear down": sized(5, 4, Image.Resampling.BILINEAR),
    "bilinear up": sized(20, 15, Image.Resampling.BILINEAR),
    "bicubic down": sized(6, 3, Image.Resampling.BICUBIC),
    "bicubic up": sized(17, 18, Image.Resampling.BICUBIC),
    "nearest down": sized(4, 5, Image.Resampling.NEAREST),
}
with open(sys.argv[1]) as file:
    sounds = json.load(file)["sounds"]
vectors = {"picture": pixels, "files": files, "decoded": decoded, "sizes": sizes, "sounds": sounds}
with open(sys.argv[1], "w") as file:
    json.dump(vectors, file, separators=(",", ":"))
