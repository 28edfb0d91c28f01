"""What trains, and by which optimizers, for each method of the comparison."""

import re

import torch
from torch import nn

from sparse_linear import Basis, SelectedLinear, ThreeLayerLinear

MLP = re.compile(r".*\.layer\.\d+\.(intermediate|output)\.dense")
DECODER_MLP = re.compile(r".*\.layers\.(\d+)\.mlp\.(up_proj|down_proj)")
RATE = 1e-5
HEAD = re.compile(r"(.*\.pooler\..*|classifier\..*)")


# Ways to take a step of AdamW.
ADAMW = {"fused": {"fused": True}, "foreach": {"foreach": True}, "loop": {"foreach": False}}


def mlp_kind(name):
    """Which layer of an MLP block the module is, if the methods are on it: of a language model those of every third block."""
    if match := MLP.fullmatch(name):
        return match.group(1)
    match = DECODER_MLP.fullmatch(name)
    return match.group(2) if match and int(match.group(1)) % 3 == 0 else None


def prepare(model, method, trainable, density, dtype, kind="fused"):
    """Returns the model as the method trains it, and its optimizers.

    `trainable` is what learns beside the MLP weights: `mlp+rest` everything, `mlp+head` pooler and
    classifier, `mlp` nothing. The MLP's biases always learn. `dtype` is that of the products, `kind` one
    of `ADAMW`.
    """
    layers = {name: m for name, m in model.named_modules() if mlp_kind(name)}
    mlp = {id(p) for layer in layers.values() for p in layer.parameters()}
    weights = {id(layer.weight) for layer in layers.values()}
    dense = [
        parameter
        for name, parameter in model.named_parameters()
        if id(parameter) in mlp or trainable == "mlp+rest" or (trainable == "mlp+head" and HEAD.match(name))
    ]
    if method != "full":
        dense = [parameter for parameter in dense if id(parameter) not in weights]
    model.requires_grad_(False)
    for parameter in dense:
        parameter.requires_grad_(True)

    match method:
        case "full":
            return model, [adamw(dense, kind)]
        case "lora":
            model, adapters = add_lora(model, layers, density)
            # peft freezes all that it has not added.
            for parameter in dense:
                parameter.requires_grad_(True)
            return model, [adamw(dense + adapters, kind)]
        case "meprop" | "sparsegrad":
            selected = select(model, layers, density, dtype if method == "sparsegrad" else None)
            return model, [adamw(dense, kind), torch.optim.SparseAdam(selected, lr=RATE)]
    raise SystemExit(f"{method}: expected full, lora, meprop or sparsegrad")


def trained_numbers(optimizers, density):
    """How many numbers a step changes: of a sparsely trained weight its share."""
    return sum(
        round(density * p.numel()) if isinstance(optimizer, torch.optim.SparseAdam) else p.numel()
        for optimizer in optimizers
        for group in optimizer.param_groups
        for p in group["params"]
    )


def adamw(parameters, kind):
    return torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.0, **ADAMW[kind])


def lora_rank(density, weight):
    """The rank with about as many trainable numbers as the share `density` of a weight has."""
    return max(1, round(density * weight.numel() / sum(weight.shape)))


def add_lora(model, layers, density):
    from peft import LoraConfig, get_peft_model

    rank = lora_rank(density, next(iter(layers.values())).weight)
    config = LoraConfig(r=rank, lora_alpha=rank, target_modules=list(layers))
    model = get_peft_model(model, config)
    return model, [parameter for parameter in model.parameters() if parameter.requires_grad]


def select(model, layers, density, basis_dtype):
    """Puts layers with sparse gradients in the place of the MLP's; with a basis if it has a type.

    Layers of a kind share a basis, as in the paper.
    """
    bases, weights = {}, []
    for name, linear in layers.items():
        k = round(density * linear.weight.numel())
        if basis_dtype is None:
            layer = SelectedLinear(linear, k)
        else:
            kind = mlp_kind(name)
            if kind not in bases:
                bases[kind] = Basis(*linear.weight.shape, basis_dtype)
            layer = ThreeLayerLinear(linear, k, bases[kind])
        layer.weight.requires_grad_(True)
        model.set_submodule(name, layer)
        weights.append(layer.weight)
    return weights


def clip(parameters, limit):
    """Scales gradients down to a global norm; of sparse ones the elements that are there count."""
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    values = [gradient._values() if gradient.is_sparse else gradient for gradient in gradients]
    norm = nn.utils.get_total_norm(values, foreach=True)
    scale = (limit / (norm + 1e-6)).clamp(max=1.0)
    torch._foreach_mul_(values, scale)
