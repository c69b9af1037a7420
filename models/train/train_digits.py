"""Draws the digits, trains the classifier, and writes everything under digits/. About four minutes on two cores."""
import json
import os
import pathlib
import sys

# Threads that wait without spinning: much faster on a shared machine. Read when torch loads.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

MODELS = pathlib.Path(__file__).resolve().parent.parent
sys.path.append(str(MODELS / "data"))
from digits import draw_many  # noqa: E402
from onnx_writer import Graph  # noqa: E402

FOLDER = MODELS / "digits"
FEATURES = 256
TRAIN_SEED, HELDOUT_SEED, ORDINARY_SEED = 1, 2, 3
TRAIN_IMAGES, EPOCHS, BATCH = 30_000, 8, 100


def network():
    return nn.Sequential(
        nn.Conv2d(1, 12, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(12, 24, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(24 * 7 * 7, FEATURES), nn.ReLU(), nn.Linear(FEATURES, 10))


def as_input(images):
    return torch.from_numpy(images.astype(np.float32) / 255)[:, None]


def accuracy(model, images, labels):
    with torch.no_grad():
        return (model(as_input(images)).argmax(1).numpy() == labels).mean()


def train(images, labels):
    torch.manual_seed(1)
    torch.set_num_threads(2)
    model, inputs, targets = network(), as_input(images), torch.from_numpy(labels.astype(np.int64))
    steps = EPOCHS * (len(images) // BATCH)
    opt = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
    plan = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=2e-3, total_steps=steps)
    for epoch in range(EPOCHS):
        for at in torch.randperm(len(images)).split(BATCH):
            loss = nn.functional.cross_entropy(model(inputs[at]), targets[at], label_smoothing=0.05)
            opt.zero_grad()
            loss.backward()
            opt.step()
            plan.step()
        print(f"digits epoch {epoch + 1}/{EPOCHS} last loss {loss.item():.3f}", flush=True)
    return model


def export(model, path):
    graph = Graph("digits")
    x = "image"
    for number, layer in enumerate((0, 3), start=1):
        names = [graph.constant(f"conv{number}.{part}", getattr(model[layer], part).detach().numpy())
                 for part in ("weight", "bias")]
        kernel = model[layer].kernel_size[0]
        x = graph.add("Conv", [x] + names, f"conv{number}", kernel_shape=[kernel] * 2, pads=[kernel // 2] * 4)
        x = graph.add("Relu", [x], f"relu{number}")
        x = graph.add("MaxPool", [x], f"pool{number}", kernel_shape=[2, 2], strides=[2, 2])
    x = graph.add("Flatten", [x], "flat", axis=1)
    for name, layer, output in (("hidden", 7, "hidden"), ("classifier", 9, "logits")):
        names = [graph.constant(f"{name}.{part}", getattr(model[layer], part).detach().numpy())
                 for part in ("weight", "bias")]
        x = graph.add("Gemm", [x] + names, output, transB=1)
        x = graph.add("Relu", [x], "features") if name == "hidden" else x
    graph.save(path, [("image", np.float32, ("batch", 1, 28, 28))], [("logits", np.float32, ("batch", 10))])


def main():
    FOLDER.mkdir(exist_ok=True)
    heldout, labels = draw_many(1_000, HELDOUT_SEED)
    heldout.tofile(FOLDER / "heldout.u8")
    labels.tofile(FOLDER / "heldout.labels.u8")
    draw_many(2_000, ORDINARY_SEED)[0].tofile(FOLDER / "ordinary.u8")
    model = train(*draw_many(TRAIN_IMAGES, TRAIN_SEED))
    print(f"digits held-out accuracy {accuracy(model, heldout, labels):.4f}")
    (MODELS / "work").mkdir(exist_ok=True)
    torch.save(model.state_dict(), MODELS / "work/digits.pt")
    export(model, FOLDER / "model.onnx")
    (FOLDER / "config.json").write_text(json.dumps({
        "model_type": "digits-cnn", "input": "image", "output": "logits", "shape": [1, 28, 28], "range": [0, 1],
        "ink": 1, "classes": [str(digit) for digit in range(10)], "features": FEATURES}, indent=2) + "\n")


if __name__ == "__main__":
    main()
