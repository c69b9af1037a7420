"""Muon (Jordan et al. 2024): momentum whose matrix step is made orthogonal. It learns from fewer tokens than
Adam, and tokens are what a two-core machine is short of."""
import torch


def _orthogonalise(grad, steps=5):
    """Five Newton-Schulz steps towards the nearest orthogonal matrix."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = grad / (grad.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.t() if tall else x
    for _ in range(steps):
        gram = x @ x.t()
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.t() if tall else x


class Muon(torch.optim.Optimizer):
    def __init__(self, weights, lr, momentum=0.95, weight_decay=0.01):
        super().__init__(weights, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for weight in group["params"]:
                state = self.state[weight]
                moment = state.setdefault("moment", torch.zeros_like(weight))
                moment.lerp_(weight.grad, 1 - group["momentum"])
                step = _orthogonalise(weight.grad.lerp(moment, group["momentum"]))
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                weight.add_(step, alpha=-group["lr"] * max(1, weight.shape[0] / weight.shape[1]) ** 0.5)
