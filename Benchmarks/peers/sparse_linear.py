"""Linear layers whose weight gradient is kept only where it is largest.

`ThreeLayerLinear` is SparseGrad as its paper has it (arXiv 2410.07383, section 3): the weight is kept in
the basis, between two fixed orthogonal layers,

    W~ = P_out W P_inᵀ        y = ((x P_inᵀ) W~ᵀ) P_out + b        G~ = P_out dW P_inᵀ

and of G~ the k elements of largest magnitude become a sparse gradient at every step. `SelectedLinear` is
the same without a basis, which is what the paper calls MeProp.
"""

import torch
from torch import nn
from torch.nn import functional


class SelectedGradient(torch.autograd.Function):
    """y = x wᵀ + b. The gradient of w is a sparse tensor of its k elements of largest magnitude."""

    @staticmethod
    def forward(ctx, x, weight, bias, k):
        if torch.is_autocast_enabled("cpu"):
            dtype = torch.get_autocast_dtype("cpu")
            x, weight = x.to(dtype), weight.to(dtype)
        ctx.save_for_backward(x, weight)
        ctx.k = k
        return functional.linear(x, weight, bias)

    @staticmethod
    def backward(ctx, dy):
        x, weight = ctx.saved_tensors
        rows = dy.flatten(0, -2)
        gradient = rows.T @ x.flatten(0, -2)
        elements = gradient.flatten()
        places = elements.abs().topk(ctx.k, sorted=False).indices
        columns = gradient.shape[1]
        sparse = torch.sparse_coo_tensor(
            torch.stack([places // columns, places % columns]),
            elements[places].float(),
            gradient.shape,
            check_invariants=False,
        )
        bias = rows.sum(0, dtype=torch.float32) if ctx.needs_input_grad[2] else None
        return dy @ weight, sparse, bias, None


class SelectedLinear(nn.Module):
    def __init__(self, linear, k):
        super().__init__()
        self.weight, self.bias, self.k = linear.weight, linear.bias, k

    def forward(self, x):
        return SelectedGradient.apply(x, self.weight, self.bias, self.k)


class Basis(nn.Module):
    """An orthogonal pair, random: which one does not matter for time. `dtype` is that of the products."""

    def __init__(self, out_features, in_features, dtype):
        super().__init__()
        self.exact = [torch.linalg.qr(torch.randn(n, n)).Q for n in (out_features, in_features)]
        p_out, p_in = self.exact
        self.register_buffer("p_out_transposed", p_out.T.contiguous().to(dtype))
        self.register_buffer("p_in", p_in.to(dtype))


class ThreeLayerLinear(nn.Module):
    def __init__(self, linear, k, basis):
        super().__init__()
        p_out, p_in = basis.exact
        with torch.no_grad():
            self.weight = nn.Parameter(p_out @ linear.weight @ p_in.T)
        self.bias, self.k, self.basis = linear.bias, k, basis

    def forward(self, x):
        rotated = functional.linear(x, self.basis.p_in)
        y = SelectedGradient.apply(rotated, self.weight, None, self.k)
        return functional.linear(y, self.basis.p_out_transposed, self.bias)
