"""Writes the PyTorch reference values that the Java tests compare against.

    pip install torch numpy
    python pytorch_fixtures.py

Two files are written, at fixed places relative to this script:

    layers/src/test/resources/pytorch/ops.json         forward and backward values of single operations
    layers/src/test/resources/pytorch/programs.json    loss trajectories of small training programs

Inputs and weights are not stored. They follow from a seed, a shape and a scale by the formula in `Formula`,
which Java computes to the same bits. Operations are computed in float64 from those float32 inputs.
"""

import json
import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

PROJECT = Path(__file__).resolve().parents[4]
OPS_FILE = PROJECT / "layers/src/test/resources/pytorch/ops.json"
PROGRAMS_FILE = PROJECT / "layers/src/test/resources/pytorch/programs.json"

FIRST_UPSTREAM_SEED = 101
FIRST_GRADIENT_SEED = 201
FIRST_STEP_SEED = 1000

Json = dict[str, Any]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Formula:
    """A float32 tensor filled in row-major order from the splitmix64 stream of a seed.

    Each element is (top 24 bits * 2^-23 - 1) * scale; a quantum then rounds it down to a multiple of itself.
    """

    seed: int
    shape: Shape
    scale: float = 1.0
    quantum: float | None = None

    def tensor(self, dtype: torch.dtype = torch.float64) -> Tensor:
        state = np.arange(1, math.prod(self.shape) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = state + np.uint64(self.seed)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
        unit = (z >> np.uint64(40)).astype(np.float32) * np.float32(2**-23) - np.float32(1)
        values = unit * np.float32(self.scale)
        if self.quantum is not None:
            values = np.floor(values / np.float32(self.quantum)) * np.float32(self.quantum)
        return torch.from_numpy(values.reshape(self.shape)).to(dtype)

    def json(self) -> Json:
        spec: Json = {"seed": self.seed, "shape": self.shape, "scale": float(np.float32(self.scale))}
        return spec if self.quantum is None else spec | {"quantum": self.quantum}


def tensor_json(tensor: Tensor) -> Json:
    return {"shape": list(tensor.shape), "values": tensor.flatten().tolist()}


def formulas(shapes: dict[str, Shape], **options: float | None) -> dict[str, Formula]:
    return {name: Formula(seed, shape, **options) for seed, (name, shape) in enumerate(shapes.items(), start=1)}


# --- Operations -------------------------------------------------------------------------------------------------


def operation_case(
    name: str,
    op: str,
    args: Json,
    inputs: dict[str, Formula],
    compute: Callable[..., Tensor | tuple[Tensor, ...]],
    labels: list[int] | None = None,
    constants: frozenset[str] = frozenset({"target"}),
) -> Json:
    """Runs compute on the inputs, in order, and back from the upstream gradients; constants get no gradient."""
    tensors = {key: formula.tensor().requires_grad_(key not in constants) for key, formula in inputs.items()}
    result = compute(*tensors.values())
    outputs = dict(zip(("y", "hn", "cn"), result if isinstance(result, tuple) else (result,)))
    upstreams = {
        "upstream" if key == "y" else f"upstream_{key}": Formula(seed, tuple(output.shape))
        for seed, (key, output) in enumerate(outputs.items(), start=FIRST_UPSTREAM_SEED)
        if output.dim() > 0
    }
    torch.autograd.backward(tuple(outputs.values()), tuple(up.tensor() for up in upstreams.values()) or None)
    case: Json = {"name": name, "op": op, "args": args}
    case["inputs"] = {key: formula.json() for key, formula in inputs.items()}
    case |= {key: upstream.json() for key, upstream in upstreams.items()}
    if labels is not None:
        case["labels"] = labels
    case["outputs"] = {key: tensor_json(output.detach()) for key, output in outputs.items()}
    case["gradients"] = {key: tensor_json(tensor.grad) for key, tensor in tensors.items() if tensor.requires_grad}
    return case


def linear_cases() -> Iterator[Json]:
    for batch, n_in, n_out in (1, 10, 5), (3, 1, 1), (7, 17, 13), (5, 33, 10):
        shapes = {"x": (batch, n_in), "weight": (n_out, n_in)}
        name = f"linear_batch{batch}_in{n_in}_out{n_out}"
        yield operation_case(f"{name}_bias", "linear", {}, formulas(shapes | {"bias": (n_out,)}), F.linear)
        yield operation_case(f"{name}_nobias", "linear", {}, formulas(shapes), F.linear)


def matmul_cases() -> Iterator[Json]:
    for rows, inner, columns in (1, 1, 1), (4, 7, 5), (9, 16, 17):
        inputs = formulas({"x": (rows, inner), "other": (inner, columns)})
        yield operation_case(f"matmul_{rows}x{inner}_{inner}x{columns}", "matmul", {}, inputs, torch.matmul)


def conv2d_cases() -> Iterator[Json]:
    # x shape (N, C, H, W), kernel (K, R, S), stride, padding, dilation
    geometries = {
        "kernel_1x1": ((2, 3, 5, 4), (4, 1, 1), (1, 1), (0, 0), (1, 1)),
        "kernel_3x3_pad_1": ((2, 3, 6, 7), (4, 3, 3), (1, 1), (1, 1), (1, 1)),
        "kernel_3x3_stride_2_pad_1": ((2, 3, 9, 8), (5, 3, 3), (2, 2), (1, 1), (1, 1)),
        "kernel_5x3_pad_2_1": ((2, 2, 7, 6), (3, 5, 3), (1, 1), (2, 1), (1, 1)),
        "dilation_2": ((2, 2, 9, 8), (3, 3, 3), (1, 1), (0, 0), (2, 2)),
        "stride_2_3_pad_1_2_dilation_2_1": ((2, 3, 10, 11), (3, 3, 3), (2, 3), (1, 2), (2, 1)),
        "kernel_equals_image": ((3, 4, 5, 6), (5, 5, 6), (1, 1), (0, 0), (1, 1)),
        "image_1x1_pad_1": ((3, 2, 1, 1), (4, 3, 3), (1, 1), (1, 1), (1, 1)),
        "odd_width_17": ((1, 4, 7, 17), (5, 3, 3), (1, 1), (1, 1), (1, 1)),
        "excess_padding": ((1, 2, 4, 5), (3, 3, 3), (1, 1), (4, 3), (1, 1)),
        "even_kernel_2x4": ((2, 3, 6, 9), (4, 2, 4), (1, 1), (0, 0), (1, 1)),
        "stride_exceeds_kernel": ((2, 3, 9, 10), (4, 2, 2), (3, 4), (0, 0), (1, 1)),
    }
    without_bias = "kernel_3x3_pad_1"
    for name, (image, (k, r, s), stride, padding, dilation) in geometries.items():
        args = pairs_json(stride=stride, pad=padding, dil=dilation)
        shapes = {"x": image, "weight": (k, image[1], r, s)}
        compute = partial(F.conv2d, stride=stride, padding=padding, dilation=dilation)
        yield operation_case(f"conv2d_{name}", "conv2d", args, formulas(shapes | {"bias": (k,)}), compute)
        if name == without_bias:
            yield operation_case(f"conv2d_{name}_nobias", "conv2d", args, formulas(shapes), compute)


def grouped_conv2d_cases() -> Iterator[Json]:
    # x shape (N, C, H, W), kernel (K, R, S), stride, padding above, below, left, right or "same", dilation, groups
    geometries = {
        "groups_2": ((2, 4, 6, 7), (6, 3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 2),
        "groups_3_one_filter_each": ((2, 6, 5, 9), (3, 2, 3), (1, 2), (0, 1, 2, 0), (1, 1), 3),
        "groups_2_of_9_channels": ((1, 18, 5, 6), (4, 3, 3), (1, 1), (1, 0, 0, 1), (1, 1), 2),
        "groups_2_pointwise": ((2, 6, 4, 5), (4, 1, 1), (1, 1), (0, 0, 0, 0), (1, 1), 2),
        "depthwise_3x3": ((2, 5, 8, 19), (5, 3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 5),
        "depthwise_3x3_stride_2": ((2, 3, 9, 35), (3, 3, 3), (2, 2), (1, 1, 1, 1), (1, 1), 3),
        "depthwise_5x5_multiplier_2": ((2, 3, 7, 8), (6, 5, 5), (1, 1), (2, 2, 2, 2), (1, 1), 3),
        "depthwise_5x5_stride_2": ((1, 2, 11, 12), (2, 5, 5), (2, 2), (2, 1, 1, 2), (1, 1), 2),
        "depthwise_dilated": ((1, 4, 9, 10), (8, 3, 2), (1, 3), (0, 2, 1, 0), (2, 3), 4),
        "depthwise_image_1x1": ((3, 2, 1, 1), (4, 3, 3), (1, 1), (2, 0, 1, 1), (1, 1), 2),
        "one_sided_padding": ((2, 3, 5, 6), (4, 3, 4), (2, 1), (3, 0, 0, 2), (1, 1), 1),
        "excess_one_sided_padding": ((1, 2, 3, 4), (3, 2, 3), (1, 2), (0, 5, 6, 0), (1, 1), 1),
        "same_even_kernel": ((2, 3, 6, 5), (4, 4, 2), (1, 1), "same", (1, 1), 1),
        "same_dilated": ((1, 2, 9, 8), (2, 3, 4), (1, 1), "same", (2, 3), 2),
    }
    for name, (image, (k, r, s), stride, padding, dilation, groups) in geometries.items():
        if padding == "same":
            totals = [d * (size - 1) for d, size in zip(dilation, (r, s))]
            sides = [value for total in totals for value in (total // 2, total - total // 2)]
        else:
            sides = list(padding)
        args = pairs_json(stride=stride, dil=dilation) | {"sides": sides, "groups": groups}
        shapes = {"x": image, "weight": (k, image[1] // groups, r, s), "bias": (k,)}
        options = {"stride": stride, "dilation": dilation, "groups": groups}

        def compute(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
            if padding == "same":
                return F.conv2d(x, weight, bias, padding="same", **options)
            top, bottom, left, right = sides
            return F.conv2d(F.pad(x, (left, right, top, bottom)), weight, bias, **options)

        yield operation_case(f"conv2d_{name}", "conv2d", args, formulas(shapes), compute)


def conv1d_cases() -> Iterator[Json]:
    # x shape (N, C, L), kernel (K, S), stride, padding or "same", dilation, groups
    geometries = {
        "plain": ((2, 3, 9), (4, 3), 1, 0, 1, 1),
        "stride_2_pad_1": ((2, 3, 10), (4, 3), 2, 1, 1, 1),
        "groups_2_dilation_2": ((2, 4, 11), (6, 3), 1, 2, 2, 2),
        "depthwise": ((1, 3, 37), (3, 5), 1, 2, 1, 3),
        "same_even_kernel": ((2, 2, 7), (3, 4), 1, "same", 1, 1),
        "length_1": ((3, 2, 1), (2, 3), 1, 1, 1, 1),
    }
    for name, (sequence, (k, s), stride, padding, dilation, groups) in geometries.items():
        total = dilation * (s - 1) if padding == "same" else 2 * padding
        args: Json = {
            "stride": stride, "pad_before": total // 2, "pad_behind": total - total // 2, "dil": dilation,
            "groups": groups,
        }
        shapes = {"x": sequence, "weight": (k, sequence[1] // groups, s), "bias": (k,)}
        compute = partial(F.conv1d, stride=stride, padding=padding, dilation=dilation, groups=groups)
        yield operation_case(f"conv1d_{name}", "conv1d", args, formulas(shapes), compute)


def conv_transpose2d_cases() -> Iterator[Json]:
    # x shape (N, C, H, W), kernel (K, R, S), stride, padding, output padding, dilation, groups
    geometries = {
        "plain": ((2, 3, 4, 5), (4, 3, 3), (1, 1), (0, 0), (0, 0), (1, 1), 1),
        "stride_2": ((2, 3, 4, 5), (4, 3, 3), (2, 2), (1, 1), (1, 1), (1, 1), 1),
        "kernel_4_stride_2_pad_1": ((1, 4, 5, 4), (3, 4, 4), (2, 2), (1, 1), (0, 0), (1, 1), 1),
        "kernel_2_stride_3": ((2, 2, 3, 4), (3, 2, 2), (3, 3), (0, 0), (2, 1), (1, 1), 1),
        "dilation_2_output_padding": ((1, 3, 4, 4), (2, 3, 3), (1, 1), (1, 2), (1, 1), (2, 3), 1),
        "groups_2": ((2, 4, 4, 5), (6, 3, 2), (2, 1), (1, 0), (1, 0), (1, 1), 2),
        "depthwise": ((1, 3, 5, 9), (3, 3, 3), (2, 2), (1, 1), (1, 1), (1, 1), 3),
        "depthwise_divided": ((1, 6, 5, 4), (3, 3, 3), (1, 1), (1, 1), (0, 0), (1, 1), 3),
        "many_channels": ((1, 9, 5, 5), (10, 3, 3), (1, 1), (1, 1), (0, 0), (1, 1), 1),
        "image_1x1": ((2, 3, 1, 1), (2, 4, 3), (2, 2), (0, 0), (1, 0), (1, 1), 1),
    }
    for name, (image, (k, r, s), stride, padding, added, dilation, groups) in geometries.items():
        args = pairs_json(stride=stride, pad=padding, out_pad=added, dil=dilation) | {"groups": groups}
        shapes = {"x": image, "weight": (image[1], k // groups, r, s), "bias": (k,)}
        compute = partial(
            F.conv_transpose2d, stride=stride, padding=padding, output_padding=added, groups=groups, dilation=dilation
        )
        yield operation_case(f"conv_transpose2d_{name}", "conv_transpose2d", args, formulas(shapes), compute)
        if name == "stride_2":
            shapes.pop("bias")
            yield operation_case(f"conv_transpose2d_{name}_nobias", "conv_transpose2d", args, formulas(shapes), compute)


def norm_formulas(channels: int, first_seed: int) -> dict[str, Formula]:
    """Of a normalisation with constant statistics; its variances are v*v + 1/4, the same bits in float32 and float64."""
    return {
        name: Formula(seed, (channels,), quantum=0.125 if name == "v" else None)
        for seed, name in enumerate(("gamma", "beta", "mean", "v"), start=first_seed)
    }


def batch_norm(eps: float, x: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, v: Tensor) -> Tensor:
    return F.batch_norm(x, mean, v * v + 0.25, gamma, beta, training=False, eps=eps)


def batch_norm_cases() -> Iterator[Json]:
    constants = frozenset({"gamma", "beta", "mean", "v"})
    for image, eps in ((2, 3, 4, 5), 1e-5), ((1, 1, 1, 1), 1e-5), ((3, 5, 7, 9), 1e-2):
        inputs = formulas({"x": image}) | norm_formulas(image[1], 2)
        name = f"batch_norm_eval_{'x'.join(map(str, image))}_eps_{eps:g}"
        yield operation_case(
            name, "batch_norm_eval", {"eps": eps}, inputs, partial(batch_norm, eps), constants=constants
        )


def folded_conv2d_cases() -> Iterator[Json]:
    # x shape (N, C, H, W), kernel (K, R, S), stride, padding, groups, whether with bias
    geometries = {
        "kernel_3x3": ((2, 9, 13, 12), (10, 3, 3), (1, 1), (1, 1), 1, True),
        "kernel_7x7_stride_2": ((1, 3, 15, 16), (5, 7, 7), (2, 2), (3, 3), 1, False),
        "kernel_1x1_stride_2": ((2, 4, 6, 7), (6, 1, 1), (2, 2), (0, 0), 1, False),
        "kernel_1x1": ((2, 4, 5, 5), (3, 1, 1), (1, 1), (0, 0), 1, True),
        "groups_2": ((1, 4, 6, 5), (6, 3, 3), (1, 1), (1, 1), 2, True),
        "depthwise": ((2, 3, 7, 8), (6, 3, 3), (1, 1), (1, 1), 3, False),
    }
    for name, (image, (k, r, s), stride, padding, groups, bias) in geometries.items():
        args = pairs_json(stride=stride, pad=padding, dil=(1, 1)) | {"groups": groups, "eps": 1e-5}
        shapes = {"x": image, "weight": (k, image[1] // groups, r, s)} | ({"bias": (k,)} if bias else {})
        inputs = formulas(shapes) | norm_formulas(k, 11)
        tensors = {key: formula.tensor() for key, formula in inputs.items()}
        y = F.conv2d(
            tensors["x"], tensors["weight"], tensors.get("bias"), stride=stride, padding=padding, groups=groups
        )
        inputs["residual"] = Formula(21, tuple(y.shape))
        y = batch_norm(1e-5, y, *(tensors[key] for key in ("gamma", "beta", "mean", "v")))
        yield {
            "name": f"folded_conv2d_{name}",
            "op": "folded_conv2d",
            "args": args,
            "inputs": {key: formula.json() for key, formula in inputs.items()},
            "outputs": {"y": tensor_json(F.relu(y + inputs["residual"].tensor()))},
        }


def max_pool2d_cases() -> Iterator[Json]:
    # x shape (N, C, H, W), kernel, stride, padding, and, if not 1 and False, dilation and ceil mode
    geometries = {
        "kernel_2_stride_2": ((2, 3, 8, 8), (2, 2), (2, 2), (0, 0)),
        "kernel_2_stride_2_odd_image": ((2, 3, 7, 9), (2, 2), (2, 2), (0, 0)),
        "kernel_3_stride_2_pad_1": ((2, 2, 9, 11), (3, 3), (2, 2), (1, 1)),
        "kernel_3x2_stride_1_2": ((1, 3, 7, 8), (3, 2), (1, 2), (0, 0)),
        "kernel_3_stride_3_pad_1": ((2, 2, 10, 8), (3, 3), (3, 3), (1, 1)),
        "kernel_3_stride_1_overlapping": ((1, 2, 8, 9), (3, 3), (1, 1), (0, 0)),
        "global_17x17": ((2, 2, 17, 17), (17, 17), (17, 17), (0, 0)),
        "dilation_2": ((2, 2, 9, 8), (3, 3), (1, 1), (0, 0), (2, 2)),
        "dilation_3_1_stride_2_pad_1_ceil": ((1, 3, 12, 9), (3, 3), (2, 2), (1, 1), (3, 1), True),
        "kernel_3_stride_2_ceil": ((2, 2, 8, 10), (3, 3), (2, 2), (0, 0), (1, 1), True),
        "kernel_2_stride_3_pad_1_ceil": ((1, 2, 3, 6), (2, 2), (3, 3), (1, 1), (1, 1), True),
        "window_exceeds_image_ceil": ((1, 2, 2, 7), (3, 3), (2, 2), (0, 0), (1, 1), True),
        "kernel_2_stride_2_width_35": ((1, 2, 6, 35), (2, 2), (2, 2), (0, 0)),
        "kernel_3_stride_2_pad_1_width_70": ((1, 2, 6, 70), (3, 3), (2, 2), (1, 1)),
    }
    for name, (image, kernel, stride, padding, *rest) in geometries.items():
        dilation, ceil_mode = (*rest, *((1, 1), False)[len(rest):])
        args = pairs_json(kernel=kernel, stride=stride, pad=padding, dil=dilation) | {"ceil_mode": ceil_mode}
        compute = partial(F.max_pool2d, kernel_size=kernel, stride=stride, padding=padding, dilation=dilation,
                          ceil_mode=ceil_mode)
        for suffix, quantum in ("", None), ("_ties", 0.25):
            inputs = formulas({"x": image}, quantum=quantum)
            yield operation_case(f"max_pool2d_{name}{suffix}", "max_pool2d", args, inputs, compute)


def avg_pool2d_cases() -> Iterator[Json]:
    # x shape (N, C, H, W), kernel, stride, padding, ceil mode
    geometries = {
        "kernel_2_stride_2": ((2, 3, 8, 8), (2, 2), (2, 2), (0, 0), False),
        "kernel_2_stride_2_odd_image": ((2, 3, 7, 9), (2, 2), (2, 2), (0, 0), False),
        "kernel_3_stride_2_pad_1": ((2, 2, 9, 11), (3, 3), (2, 2), (1, 1), False),
        "kernel_3_stride_2_pad_1_ceil": ((2, 2, 8, 10), (3, 3), (2, 2), (1, 1), True),
        "kernel_2_stride_3_pad_1_ceil": ((1, 2, 3, 6), (2, 2), (3, 3), (1, 1), True),
        "kernel_3x2_stride_1_2_pad_1_0": ((1, 3, 7, 8), (3, 2), (1, 2), (1, 0), False),
        "kernel_5x4_stride_1_pad_2": ((1, 2, 9, 20), (5, 4), (1, 1), (2, 2), False),
        "stride_exceeds_kernel": ((2, 2, 10, 11), (2, 3), (3, 4), (0, 1), True),
        "window_exceeds_image_ceil": ((1, 2, 2, 7), (3, 3), (2, 2), (0, 0), True),
        "width_70": ((1, 2, 6, 70), (3, 3), (2, 2), (1, 1), False),
    }
    options = {"": (True, None), "_pixels": (False, None), "_divisor_5": (True, 5), "_divisor_minus_2": (False, -2)}
    for name, (image, kernel, stride, padding, ceil_mode) in geometries.items():
        for suffix, (count_include_pad, divisor) in options.items():
            flags = {"ceil_mode": ceil_mode, "count_include_pad": count_include_pad, "divisor_override": divisor}
            args = pairs_json(kernel=kernel, stride=stride, pad=padding) | flags
            compute = partial(F.avg_pool2d, kernel_size=kernel, stride=stride, padding=padding, **flags)
            yield operation_case(f"avg_pool2d_{name}{suffix}", "avg_pool2d", args, formulas({"x": image}), compute)


def adaptive_avg_pool2d_cases() -> Iterator[Json]:
    geometries = {
        "global": ((2, 3, 7, 9), (1, 1)), "even": ((2, 2, 8, 36), (4, 12)), "uneven": ((2, 2, 11, 13), (3, 5)),
        "larger_than_image": ((1, 2, 3, 4), (5, 7)), "columns": ((2, 1, 5, 37), (1, 6)), "same": ((1, 2, 6, 5), (6, 5)),
    }
    for name, (image, output) in geometries.items():
        compute = partial(F.adaptive_avg_pool2d, output_size=output)
        yield operation_case(f"adaptive_avg_pool2d_{name}", "adaptive_avg_pool2d", pairs_json(output=output),
                             formulas({"x": image}), compute)


def pairs_json(**pairs: tuple[int, int]) -> Json:
    return {f"{name}{axis}": value for name, pair in pairs.items() for axis, value in zip("HW", pair)}


def activation_cases() -> Iterator[Json]:
    for function, scales in (torch.relu, (1.0,)), (torch.tanh, (0.01, 1.0, 8.0)), (torch.sigmoid, (1.0, 16.0)):
        op = function.__name__
        for scale in scales:
            yield operation_case(f"{op}_scale_{scale:g}", op, {}, formulas({"x": (67,)}, scale=scale), function)
    yield operation_case("relu_exact_zeros", "relu", {}, formulas({"x": (67,)}, quantum=0.25), torch.relu)


def unit_cases() -> Iterator[Json]:
    units: dict[str, tuple[Json, Callable[..., Tensor]]] = {
        "exp": ({}, torch.exp),
        "gelu": ({}, F.gelu),
        "gelu_tanh": ({}, partial(F.gelu, approximate="tanh")),
        "silu": ({}, F.silu),
        "softplus": ({"beta": 1.0, "threshold": 20.0}, F.softplus),
        "elu": ({"alpha": 1.0}, F.elu),
        "leaky_relu": ({"slope": 0.01}, F.leaky_relu),
    }
    for op, (args, function) in units.items():
        for scale in 0.01, 1.0, 8.0:
            yield operation_case(f"{op}_scale_{scale:g}", op, args, formulas({"x": (67,)}, scale=scale), function)
    other = partial(F.softplus, beta=3.0, threshold=2.0)
    yield operation_case(
        "softplus_beta_3", "softplus", {"beta": 3.0, "threshold": 2.0}, formulas({"x": (67,)}, scale=2.0), other)
    yield operation_case(
        "elu_alpha_2", "elu", {"alpha": 2.0}, formulas({"x": (67,)}, scale=4.0), partial(F.elu, alpha=2.0))
    yield operation_case("log_of_exp", "log_of_exp", {}, formulas({"x": (67,)}), lambda x: torch.log(1 + torch.exp(x)))


def broadcast_cases() -> Iterator[Json]:
    shapes = (((3, 5), (5,)), ((3, 5), (3, 1)), ((2, 3, 4, 5), (3, 1, 1)), ((2, 3, 4), ()), ((5,), (3, 5)),
              ((2, 3, 4), (1, 3, 1)), ((4, 1), (2, 4, 17)))
    for function in torch.add, torch.sub, torch.mul, torch.div:
        op = function.__name__
        for left, right in shapes:
            # divisors are 2 + other, far from zero
            inputs = formulas({"x": left, "other": right})
            name = f"{op}_{'x'.join(map(str, left))}_{'x'.join(map(str, right)) or 'scalar'}"
            yield operation_case(name, op, {}, inputs, lambda x, other: function(x, 2 + other))


def reduce_cases() -> Iterator[Json]:
    functions: dict[str, Callable[..., Tensor]] = {
        "sum": torch.sum, "mean": torch.mean, "var": torch.var, "norm": torch.linalg.vector_norm,
        "max": lambda x, dim: torch.max(x, dim=dim).values,
    }
    for op, function in functions.items():
        for shape, dim in ((3, 37), 1), ((37, 3), 0), ((2, 5, 17), 1), ((2, 3, 4), -1):
            inputs = formulas({"x": shape})
            name = f"{op}_{'x'.join(map(str, shape))}_dim_{dim}"
            yield operation_case(name, f"{op}_dim", {"dim": dim}, inputs, partial(function, dim=dim))


def norm_cases() -> Iterator[Json]:
    for shape, last in ((3, 10), 1), ((2, 3, 37), 1), ((4, 2, 3, 5), 2):
        features = shape[len(shape) - last:]
        args: Json = {"normalized": list(features), "eps": 1e-5}
        name = f"layer_norm_{'x'.join(map(str, shape))}_last_{last}"
        compute = lambda x, *affine: F.layer_norm(x, features, *affine, eps=1e-5)
        inputs = formulas({"x": shape, "weight": features, "bias": features})
        yield operation_case(name, "layer_norm", args, inputs, compute)
        yield operation_case(f"{name}_plain", "layer_norm", args, formulas({"x": shape}), compute)
    for shape in (4, 3), (5, 21), (3, 4, 7), (2, 3, 4, 5):
        name = f"batch_norm_train_{'x'.join(map(str, shape))}"
        compute = lambda x, weight=None, bias=None: F.batch_norm(x, None, None, weight, bias, training=True)
        inputs = formulas({"x": shape, "weight": shape[1:2], "bias": shape[1:2]})
        yield operation_case(name, "batch_norm_train", {}, inputs, compute)
        yield operation_case(f"{name}_plain", "batch_norm_train", {}, formulas({"x": shape}), compute)


def batch_norm_steps_cases() -> Iterator[Json]:
    """The layer over several batches: outputs in training, the buffers after each, and an evaluation with its gradients."""
    for shape, momentum in ((4, 3), 0.1), ((3, 2, 5), 0.3), ((2, 3, 4, 5), 0.1), ((3, 4, 2), None):
        kind = nn.BatchNorm2d if len(shape) == 4 else nn.BatchNorm1d
        layer = kind(shape[1], momentum=momentum).double()
        batch, weight, bias = Formula(1, shape, scale=3.0), Formula(11, shape[1:2]), Formula(12, shape[1:2])
        with torch.no_grad():
            layer.weight.copy_(weight.tensor())
            layer.bias.copy_(bias.tensor())
        outputs: Json = {"y": [], "running_mean": [], "running_var": [], "num_batches_tracked": []}
        for step in range(3):
            y = layer(Formula(1 + step, shape, scale=3.0).tensor())
            outputs["y"].append(tensor_json(y.detach()))
            for name, buffer in layer.named_buffers():
                outputs[name].append(tensor_json(buffer))
        layer.eval()
        x = Formula(4, shape, scale=3.0).tensor().requires_grad_()
        upstream = Formula(FIRST_UPSTREAM_SEED, shape)
        evaluated = layer(x)
        evaluated.backward(upstream.tensor())
        outputs["evaluated"] = tensor_json(evaluated.detach())
        yield {
            "name": f"batch_norm_steps_{'x'.join(map(str, shape))}", "op": "batch_norm_steps",
            "args": {"momentum": momentum},
            "inputs": {"x": batch.json(), "weight": weight.json(), "bias": bias.json()},
            "upstream": upstream.json(), "outputs": outputs,
            "gradients": {
                name: tensor_json(tensor.grad) for name, tensor in (("x", x), *layer.named_parameters())
            },
        }


def softmax_cases() -> Iterator[Json]:
    for function in F.softmax, F.log_softmax:
        op = function.__name__
        for (rows, columns), scale in ((3, 10), 1.0), ((2, 37), 32.0):
            inputs = formulas({"x": (rows, columns)}, scale=scale)
            name = f"{op}_{rows}x{columns}_scale_{scale:g}"
            yield operation_case(name, op, {"dim": 1}, inputs, partial(function, dim=1))


def loss_cases() -> Iterator[Json]:
    for labels, classes, scale in ([7], 10, 1.0), ([3, 0, 9, 3, 5], 10, 1.0), ([2, 0, 1, 2], 3, 64.0):
        inputs = formulas({"x": (len(labels), classes)}, scale=scale)
        compute = partial(F.cross_entropy, target=torch.tensor(labels))
        name = f"cross_entropy_{len(labels)}x{classes}_scale_{scale:g}"
        yield operation_case(name, "cross_entropy", {}, inputs, compute, labels)
    for rows, columns in (1, 1), (3, 4):
        inputs = formulas({"x": (rows, columns), "target": (rows, columns)})
        yield operation_case(f"mse_loss_{rows}x{columns}", "mse_loss", {}, inputs, F.mse_loss)


def rnn_cases() -> Iterator[Json]:
    """Every cell with layers, directions, layouts and lengths; the sequences of different length are packed."""
    sizes = [
        {"time": 1, "batch": 1, "inputs": 10, "hidden": 5},
        {"time": 5, "batch": 3, "inputs": 4, "hidden": 7, "batch_first": True},
        {"time": 8, "batch": 2, "inputs": 8, "hidden": 16},
        {"time": 3, "batch": 4, "inputs": 1, "hidden": 1},
        {"time": 4, "batch": 3, "inputs": 3, "hidden": 5, "num_layers": 2, "bidirectional": True, "lengths": [2, 4, 1]},
        {"time": 6, "batch": 2, "inputs": 8, "hidden": 6, "bidirectional": True, "batch_first": True, "bias": False,
         "lengths": [3, 6]},
        {"time": 5, "batch": 2, "inputs": 3, "hidden": 4, "num_layers": 3, "batch_first": True},
        {"time": 4, "batch": 2, "inputs": 3, "hidden": 4, "lengths": [4, 3]},
    ]
    for cell in "RNN_TANH", "RNN_RELU", "LSTM", "GRU":
        for size in sizes:
            yield rnn_case(cell, **size)


def rnn_case(
    cell: str, time: int, batch: int, inputs: int, hidden: int, num_layers: int = 1, bidirectional: bool = False,
    batch_first: bool = False, bias: bool = True, lengths: list[int] | None = None,
) -> Json:
    options = {"num_layers": num_layers, "bias": bias, "batch_first": batch_first, "bidirectional": bidirectional}
    if cell.startswith("RNN"):
        layer: nn.RNNBase = nn.RNN(inputs, hidden, nonlinearity=cell[4:].lower(), dtype=torch.float64, **options)
    else:
        layer = getattr(nn, cell)(inputs, hidden, dtype=torch.float64, **options)
    names = [name for name, _ in layer.named_parameters()]
    state_names = ["h0", "c0"] if cell == "LSTM" else ["h0"]
    states = (num_layers * (2 if bidirectional else 1), batch, hidden)
    x = (batch, time, inputs) if batch_first else (time, batch, inputs)
    shapes = {"x": x} | dict.fromkeys(state_names, states)
    operands = formulas(shapes) | {
        name: Formula(seed, tuple(layer.get_parameter(name).shape), scale=0.5)
        for seed, name in enumerate(names, start=len(shapes) + 1)
    }

    def compute(x: Tensor, *rest: Tensor) -> tuple[Tensor, ...]:
        first = rest[: len(state_names)] if cell == "LSTM" else rest[0]
        parameters = dict(zip(names, rest[len(state_names):]))
        sequence = x if lengths is None else nn.utils.rnn.pack_padded_sequence(
            x, torch.tensor(lengths), batch_first, enforce_sorted=False)
        y, last = torch.func.functional_call(layer, parameters, (sequence, first))
        if lengths is not None:
            y, _ = nn.utils.rnn.pad_packed_sequence(y, batch_first, total_length=time)
        return (y, *last) if cell == "LSTM" else (y, last)

    kind = "".join(f"_{key}" for key in ("bidirectional", "batch_first") if options[key])
    name = (f"{cell.lower()}_time{time}_batch{batch}_in{inputs}_hidden{hidden}_layers{num_layers}{kind}"
            f"{'' if bias else '_no_bias'}{'' if lengths is None else '_lengths'}")
    args = options | {"cell": cell, "inputs": inputs, "hidden": hidden} | ({} if lengths is None else {"lengths": lengths})
    return operation_case(name, "rnn", args, operands, compute)


def sgd_cases() -> Iterator[Json]:
    variants: dict[str, Json] = {
        "plain": {},
        "momentum": {"momentum": 0.9},
        "dampening": {"momentum": 0.9, "dampening": 0.1},
        "nesterov": {"momentum": 0.9, "nesterov": True},
        "weight_decay": {"weight_decay": 0.01},
        "nesterov_weight_decay": {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    }
    defaults: Json = {"lr": 0.1, "momentum": 0.0, "dampening": 0.0, "weight_decay": 0.0, "nesterov": False}
    for name, options in variants.items():
        yield sgd_case(f"sgd_{name}", defaults | options, steps=5)


def sgd_case(name: str, args: Json, steps: int) -> Json:
    """The gradient of step t, counted from 0, has the seed of the stored gradient plus t."""
    initial, gradient = Formula(1, (13,)), Formula(FIRST_GRADIENT_SEED, (13,))
    parameter = nn.Parameter(initial.tensor())
    optimizer = torch.optim.SGD([parameter], **args)
    trajectory = []
    for step in range(steps):
        parameter.grad = Formula(gradient.seed + step, gradient.shape).tensor()
        optimizer.step()
        trajectory.append(tensor_json(parameter.detach()))
    return {
        "name": name,
        "op": "sgd",
        "args": args | {"steps": steps},
        "inputs": {"parameter": initial.json(), "gradient": gradient.json()},
        "outputs": {"parameter": trajectory},
    }


# --- Programs ---------------------------------------------------------------------------------------------------


def mlp() -> nn.Module:
    return nn.Sequential(OrderedDict(fc1=nn.Linear(10, 5), relu=nn.ReLU(), fc2=nn.Linear(5, 1)))


def cnn() -> nn.Module:
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(1, 32, 3, 1, 1), relu1=nn.ReLU(), pool1=nn.MaxPool2d(2, 2),
            conv2=nn.Conv2d(32, 64, 3, 1, 1), relu2=nn.ReLU(), pool2=nn.MaxPool2d(2, 2),
            flatten=nn.Flatten(),
            fc1=nn.Linear(3136, 128), relu3=nn.ReLU(), fc2=nn.Linear(128, 10),
        )
    )


class LastStepRnn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.RNN(10, 5, batch_first=True)
        self.fc = nn.Linear(5, 1)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.rnn(x)
        return self.fc(out[:, -1, :])


@dataclass(frozen=True)
class Program:
    """SGD on one model; the input of step t, counted from 0, has the seed of the stored input plus t.

    With labels the loss is the mean cross entropy, without it is the mean squared error against all ones.
    """

    name: str
    kind: str
    build: Callable[[], nn.Module]
    input_shape: Shape
    steps: int = 100
    momentum: float = 0.0
    weight_decay: float = 0.0
    labels: list[int] | None = None

    @property
    def optimizer_args(self) -> Json:
        return {"lr": 0.01, "momentum": self.momentum, "weight_decay": self.weight_decay}

    def train(self, dtype: torch.dtype) -> tuple[nn.Module, list[float]]:
        """The trained model, and the loss of each step before its update."""
        model = self.build().to(dtype)
        with torch.no_grad():
            for name, formula in parameter_formulas(model).items():
                model.get_parameter(name).copy_(formula.tensor(dtype))
        optimizer = torch.optim.SGD(model.parameters(), **self.optimizer_args)
        losses = []
        for step in range(self.steps):
            optimizer.zero_grad()
            loss = self.loss(model(Formula(FIRST_STEP_SEED + step, self.input_shape).tensor(dtype)))
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return model, losses

    def loss(self, output: Tensor) -> Tensor:
        if self.labels is None:
            return F.mse_loss(output, torch.ones_like(output))
        return F.cross_entropy(output, torch.tensor(self.labels))

    def case(self) -> Json:
        model, losses64 = self.train(torch.float64)
        _, losses32 = self.train(torch.float32)
        return {
            "name": self.name,
            "program": self.kind,
            "args": {"steps": self.steps} | self.optimizer_args,
            "input": Formula(FIRST_STEP_SEED, self.input_shape).json(),
            **({"target": 1.0} if self.labels is None else {"labels": self.labels}),
            "parameters": [
                {"name": name} | formula.json() | final_json(model.get_parameter(name).detach())
                for name, formula in parameter_formulas(model).items()
            ],
            "losses64": losses64,
            "losses32": losses32,
        }


def parameter_formulas(model: nn.Module) -> dict[str, Formula]:
    """Seeds count from 1 in the order of named_parameters; the scale is that of PyTorch's own initialisation."""
    return {
        name: Formula(seed, tuple(parameter.shape), 1 / math.sqrt(fan_in(model.get_submodule(name.rpartition(".")[0]))))
        for seed, (name, parameter) in enumerate(model.named_parameters(), start=1)
    }


def fan_in(layer: nn.Module) -> int:
    return layer.hidden_size if isinstance(layer, nn.RNN) else layer.weight[0].numel()


def final_json(parameter: Tensor) -> Json:
    return {"final_sum": parameter.sum().item(), "final_first": parameter.flatten()[:4].tolist()}


def program_cases() -> Iterator[Json]:
    yield Program("mlp", "mlp", mlp, (1, 10)).case()
    yield Program(
        "mlp_batch16_momentum_weight_decay", "mlp", mlp, (16, 10), momentum=0.9, weight_decay=1e-3
    ).case()
    yield Program("cnn", "cnn", cnn, (1, 1, 28, 28), steps=30, labels=[1]).case()
    yield Program("rnn", "rnn", LastStepRnn, (1, 1, 10)).case()
    yield Program("rnn_batch4_time6", "rnn", LastStepRnn, (4, 6, 10)).case()


def initialisation_case() -> Json:
    """Statistics of PyTorch's default initialisation; std is that of the whole population."""
    seed = 0
    torch.manual_seed(seed)
    layers = nn.ModuleDict({"linear": nn.Linear(300, 200), "conv2d": nn.Conv2d(16, 32, 3), "rnn": nn.RNN(50, 60)})
    parameters = [
        {
            "name": name,
            "shape": list(parameter.shape),
            "min": parameter.min().item(),
            "max": parameter.max().item(),
            "mean": parameter.mean().item(),
            "std": parameter.std(correction=0).item(),
        }
        for name, parameter in layers.double().named_parameters()
    ]
    return {"name": "init", "program": "init", "seed": seed, "parameters": parameters}


# --- Files ------------------------------------------------------------------------------------------------------


def write(path: Path, cases: list[Json]) -> None:
    """One case per line, so that a change to one case is a change to one line."""
    check = Formula(42, (8,))
    formula_check = {"seed": check.seed, "values": check.tensor().tolist()}
    lines = ",\n".join(json.dumps(case, allow_nan=False) for case in cases)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'{{"torch": {json.dumps(str(torch.__version__))},\n'
        f'"formula_check": {json.dumps(formula_check)},\n'
        f'"cases": [\n{lines}\n]}}\n',
        encoding="utf-8",
        newline="\n",
    )


def main() -> None:
    torch.set_num_threads(1)
    families = (
        linear_cases, matmul_cases, conv2d_cases, grouped_conv2d_cases, conv1d_cases, conv_transpose2d_cases,
        batch_norm_cases, folded_conv2d_cases, max_pool2d_cases, avg_pool2d_cases, adaptive_avg_pool2d_cases,
        activation_cases, unit_cases, broadcast_cases, reduce_cases, norm_cases, batch_norm_steps_cases, softmax_cases,
        loss_cases,
        rnn_cases, sgd_cases,
    )
    write(OPS_FILE, [case for family in families for case in family()])
    write(PROGRAMS_FILE, [*program_cases(), initialisation_case()])


if __name__ == "__main__":
    main()
