"""Writes work/<name>.pt as <name>/model.onnx: a plain Llama graph of basic operators, opset 17."""
import json
import pathlib
import sys

import numpy as np
import torch

from llama import EPSILON, Llama
from onnx_writer import Graph

MODELS = pathlib.Path(__file__).resolve().parent.parent


class LlamaGraph(Graph):
    """Builds the graph from a state dict; every initializer keeps the name Hugging Face gives it."""

    def __init__(self, config, state, tables):
        super().__init__("llama")
        self.config, self.state, self.tables = config, state, tables

    def projection(self, x, name, output):
        """x @ W with W stored [in, out], as MatMul wants it."""
        weight = self.constant(f"model.{name}.weight", self.state[f"{name}.weight"].numpy().T)
        return self.add("MatMul", [x, weight], output)

    def norm(self, x, name, output):
        square = self.add("Mul", [x, x], f"{output}/square")
        mean = self.add("ReduceMean", [square], f"{output}/mean", axes=[-1], keepdims=1)
        root = self.add("Sqrt", [self.add("Add", [mean, "rms_norm_eps"], f"{output}/mean_eps")], f"{output}/root")
        gain = self.constant(f"model.{name}.weight", self.state[f"{name}.weight"].numpy())
        return self.add("Mul", [self.add("Div", [x, root], f"{output}/scaled"), gain], output)

    def split_heads(self, x, output):
        """[batch, sequence, size] to [batch, heads, sequence, head size]."""
        split = self.add("Reshape", [x, "heads_shape"], f"{output}/split")
        return self.add("Transpose", [split], output, perm=[0, 2, 1, 3])

    def rotate(self, x, output):
        first = self.add("Slice", [x, "zero", "half", "last_axis"], f"{output}/first")
        second = self.add("Slice", [x, "half", "whole", "last_axis"], f"{output}/second")
        turned = self.add("Concat", [self.add("Neg", [second], f"{output}/minus"), first], f"{output}/turned", axis=-1)
        straight = self.add("Mul", [x, "cos"], f"{output}/straight")
        return self.add("Add", [straight, self.add("Mul", [turned, "sin"], f"{output}/crossed")], output)

    def attention(self, x, at):
        heads = {each: self.split_heads(self.projection(x, f"{at}.{each}_proj", f"{at}/{each}"), f"{at}/{each}/heads")
                 for each in "qkv"}
        q, k = self.rotate(heads["q"], f"{at}/q/rotated"), self.rotate(heads["k"], f"{at}/k/rotated")
        keys = self.add("Transpose", [k], f"{at}/k/transposed", perm=[0, 1, 3, 2])
        scores = self.add("Div", [self.add("MatMul", [q, keys], f"{at}/dots"), "root_head_size"], f"{at}/scores")
        weights = self.add("Softmax", [self.add("Add", [scores, "causal"], f"{at}/masked")], f"{at}/weights", axis=-1)
        mixed = self.add("MatMul", [weights, heads["v"]], f"{at}/mixed")
        joined = self.add("Transpose", [mixed], f"{at}/joined", perm=[0, 2, 1, 3])
        flat = self.add("Reshape", [joined, "flat_shape"], f"{at}/flat")
        return self.projection(flat, f"{at}.o_proj", f"{at}/output")

    def mlp(self, x, at):
        gate = self.projection(x, f"{at}.gate_proj", f"{at}/gate")
        silu = self.add("Mul", [gate, self.add("Sigmoid", [gate], f"{at}/sigmoid")], f"{at}/silu")
        inner = self.add("Mul", [silu, self.projection(x, f"{at}.up_proj", f"{at}/up")], f"{at}/inner")
        return self.projection(inner, f"{at}.down_proj", f"{at}/output")

    def positions(self):
        """Cuts the tables of angles and the causal mask to the length of this call."""
        shape = self.add("Shape", ["input_ids"], "input_shape")
        length = self.add("Slice", [shape, "one", "two"], "sequence_length")
        both = self.add("Concat", [length, length], "square_shape", axis=0)
        for name in ("cos", "sin"):
            self.add("Slice", [self.constant(f"{name}_table", self.tables[name].numpy()), "zero", length, "zero"], name)
        table = self.constant("causal_table", self.tables["mask"].numpy())
        self.add("Slice", [table, "zero_zero", both, "both_axes"], "causal")

    def constants(self):
        size, heads = self.config["hidden_size"], self.config["num_attention_heads"]
        for name, value in {
            "zero": [0], "one": [1], "two": [2], "zero_zero": [0, 0], "both_axes": [0, 1], "last_axis": [-1],
            "half": [size // heads // 2], "whole": [size // heads], "heads_shape": [0, 0, heads, size // heads],
            "flat_shape": [0, 0, size], "rms_norm_eps": EPSILON, "root_head_size": (size / heads) ** 0.5,
        }.items():
            self.constant(name, value)

    def build(self):
        self.constants()
        self.positions()
        table = self.constant("model.embed_tokens.weight", self.state["embed_tokens.weight"].numpy())
        x = self.add("Gather", [table, "input_ids"], "embedded")
        for number in range(self.config["num_hidden_layers"]):
            at = f"layers.{number}"
            mixed = self.attention(self.norm(x, f"{at}.input_layernorm", f"{at}/attention_input"), f"{at}.self_attn")
            x = self.add("Add", [x, mixed], f"{at}/after_attention")
            inner = self.mlp(self.norm(x, f"{at}.post_attention_layernorm", f"{at}/mlp_input"), f"{at}.mlp")
            x = self.add("Add", [x, inner], f"{at}/after_mlp")
        head = self.add("Transpose", [table], "lm_head", perm=[1, 0])
        self.add("MatMul", [self.norm(x, "norm", "final_norm"), head], "logits")


def main():
    name = sys.argv[1]
    config = json.loads((MODELS / name / "config.json").read_text())
    model = Llama(config)
    model.load_state_dict(torch.load(MODELS / "work" / f"{name}.pt"))
    graph = LlamaGraph(config, model.state_dict(), dict(model.named_buffers()))
    graph.build()
    graph.save(MODELS / name / "model.onnx", [("input_ids", np.int64, ("batch", "sequence"))],
               [("logits", np.float32, ("batch", "sequence", config["vocab_size"]))],
               context_length=config["max_position_embeddings"])
    print(f"wrote {name}/model.onnx, {sum(weight.numel() for weight in model.parameters())} weights")


if __name__ == "__main__":
    main()
