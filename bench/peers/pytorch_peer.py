"""PyTorch beside our kernels: bench/compare starts this script, writes one JSON object a line to it and reads one back.

    {"threads": 2}                             -> {"version": "2.13.0, AVX2, 2 threads, MKL ..."}
    {"suite": "gemm", "parameters": {...}}     -> {}                     the case is built and has run once
    {"seconds": 0.05}                          -> {"nanos": 1234.5}      of one call, over at least so many seconds
    anything that cannot be                    -> {"error": "why"}

The parameters are those of the JMH suites; each case does the mathematics that the suite's Javadoc states. Needs torch and numpy.
"""

import json
import sys
import time

try:
    import torch
    import torch.nn.functional as F
    from torch.nn.utils.fusion import fuse_conv_bn_eval
except ImportError as missing:
    sys.stdin.readline()
    print(json.dumps({"error": f"{sys.executable} has no PyTorch ({missing})"}), flush=True)
    sys.exit(0)


def numbers(shape):
    """The sizes of `name:64x32x28:TN`, and what follows them."""
    parts = shape.split(":")
    sizes = next(part for part in parts if part[0].isdigit())
    after = parts[parts.index(sizes) + 1:]
    return [int(size) for size in sizes.split("x")], after[0] if after else ""


def gemm(shape):
    (m, k, n), transposes = numbers(shape)
    transposes = transposes or "NN"
    a = torch.randn(k, m).t() if transposes[0] == "T" else torch.randn(m, k)
    b = torch.randn(n, k).t() if transposes[1] == "T" else torch.randn(k, n)
    if n == 1:
        x, y = b.flatten().contiguous(), torch.empty(m)
        return lambda: torch.mv(a, x, out=y)
    if m == 1:
        x, y, b = a.flatten().contiguous(), torch.empty(n), b.t()
        return lambda: torch.mv(b, x, out=y)
    c = torch.empty(m, n)
    return lambda: torch.mm(a, b, out=c)


def conv(shape, direction):
    (n, c, h, k, r, stride, padding, *last), _ = numbers(shape)
    groups = last[0] if last else 1
    x, w, bias = torch.randn(n, c, h, h), torch.randn(k, c // groups, r, r), torch.randn(k)
    if direction == "forward":
        return lambda: F.conv2d(x, w, bias, stride, padding, groups=groups)
    dy = torch.randn_like(F.conv2d(x, w, bias, stride, padding, groups=groups))
    mask = {
        "by-data": [True, False, False], "by-weights": [False, True, False], "backward": [True, True, True],
    }[direction]
    return lambda: torch.ops.aten.convolution_backward(
        dy, x, w, [k], [stride, stride], [padding, padding], [1, 1], False, [0, 0], groups, mask)


def pool(shape, direction):
    (n, c, h, r, stride, padding), _ = numbers(shape)
    x = torch.randn(n, c, h, h)
    if shape.startswith("global:"):
        return global_average(x, direction)
    if shape.startswith("avg:"):
        return average(x, r, stride, padding, direction)
    if direction == "forward":
        return lambda: F.max_pool2d_with_indices(x, r, stride, padding)
    y, places = F.max_pool2d_with_indices(x, r, stride, padding)
    dy = torch.randn_like(y)
    return lambda: torch.ops.aten.max_pool2d_with_indices_backward(
        dy, x, [r, r], [stride, stride], [padding, padding], [1, 1], False, places)


def average(x, r, stride, padding, direction):
    if direction == "forward":
        return lambda: F.avg_pool2d(x, r, stride, padding)
    dy = torch.randn_like(F.avg_pool2d(x, r, stride, padding))
    return lambda: torch.ops.aten.avg_pool2d_backward(
        dy, x, [r, r], [stride, stride], [padding, padding], False, True, None)


def global_average(x, direction):
    """Backward by the pooling's own operation: it is faster than that of the mean, which autograd runs for one output."""
    if direction == "forward":
        return lambda: F.adaptive_avg_pool2d(x, 1)
    dy = torch.randn(*x.shape[:2], 1, 1)
    return lambda: torch.ops.aten._adaptive_avg_pool2d_backward(dy, x)


def math(shape, function):
    (rows, columns), _ = numbers(shape)
    x, other, y = torch.rand(rows, columns) * 16 - 8, torch.randn(rows, columns), torch.empty(rows, columns)
    sums, positive, aten = torch.empty(columns), x.abs() + 1e-30, torch.ops.aten
    return {
        "relu": lambda: torch.clamp_min(x, 0, out=y),
        "tanh": lambda: torch.tanh(x, out=y),
        "sigmoid": lambda: torch.sigmoid(x, out=y),
        "softmax": lambda: torch.softmax(x, 1, out=y),
        "log-softmax": lambda: torch.log_softmax(x, 1, out=y),
        "sum": lambda: torch.sum(x),
        "column-sums": lambda: torch.sum(x, 0, out=sums),
        "add": lambda: torch.add(x, other, out=y),
        "multiply": lambda: torch.mul(x, other, out=y),
        "exp": lambda: torch.exp(x, out=y),
        "log": lambda: torch.log(positive, out=y),
        "gelu": lambda: aten.gelu.out(x, out=y),
        "gelu-tanh": lambda: aten.gelu.out(x, approximate="tanh", out=y),
        "silu": lambda: aten.silu.out(x, out=y),
        "softplus": lambda: aten.softplus.out(x, out=y),
        "elu": lambda: aten.elu.out(x, out=y),
        "gelu-backward": lambda: aten.gelu_backward.grad_input(other, x, grad_input=y),
        "silu-backward": lambda: aten.silu_backward.grad_input(other, x, grad_input=y),
        "divide": lambda: torch.div(other, x, out=y),
        "add-row": lambda: torch.add(x, other[0], out=y),
        "row-max": lambda: torch.amax(x, 1),
        "row-variance": lambda: torch.var(x, 1),
        "norm": lambda: torch.linalg.vector_norm(x),
        "layer-norm": lambda: torch.native_layer_norm(x, [columns], other[0], other[0], 1e-5),
        "batch-norm": lambda: torch.native_batch_norm(x, other[0], other[0], None, None, True, 0.1, 1e-5),
        "dropout": lambda: torch.native_dropout(x, 0.5, True),
    }[function]


def rnn(shape, cell, direction):
    (steps, batch, inputs, hidden), _ = numbers(shape)
    layer = getattr(torch.nn, cell.upper())(inputs, hidden)
    x = torch.randn(steps, batch, inputs)
    if direction == "forward":
        layer.requires_grad_(False)
        return lambda: layer(x)
    x.requires_grad_()
    dy = torch.randn(steps, batch, hidden)

    def forward_backward():
        layer.zero_grad()
        x.grad = None
        layer(x)[0].backward(dy)
    return forward_backward


class Cnn(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 32, 3, 1, 1)
        self.conv2 = torch.nn.Conv2d(32, 64, 3, 1, 1)
        self.pool = torch.nn.MaxPool2d(2, 2)
        self.fc1 = torch.nn.Linear(64 * 7 * 7, 128)
        self.fc2 = torch.nn.Linear(128, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        return self.fc2(F.relu(self.fc1(x.view(-1, 64 * 7 * 7))))


class Recurrent(torch.nn.Module):
    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        self.rnn = torch.nn.RNN(inputs, hidden, batch_first=True)
        self.fc = torch.nn.Linear(hidden, outputs)

    def forward(self, x):
        return self.fc(self.rnn(x)[0][:, -1, :])


def perceptron(inputs, hidden, outputs):
    return torch.nn.Sequential(torch.nn.Linear(inputs, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, outputs))


def train(shape):
    model, x = {
        "mlp-10-5-1:b1": lambda: (perceptron(10, 5, 1), torch.randn(1, 10)),
        "mlp-784-512-10:b128": lambda: (perceptron(784, 512, 10), torch.randn(128, 784)),
        "cnn:b1": lambda: (Cnn(), torch.randn(1, 1, 28, 28)),
        "cnn:b64": lambda: (Cnn(), torch.randn(64, 1, 28, 28)),
        "rnn-10-5-1:t1-b1": lambda: (Recurrent(10, 5, 1), torch.randn(1, 1, 10)),
        "rnn-28-128-10:t28-b64": lambda: (Recurrent(28, 128, 10), torch.randn(64, 28, 28)),
    }[shape]()
    if "-10-5-1" in shape:
        criterion, target = torch.nn.MSELoss(), torch.ones(x.shape[0], 1)
    else:
        criterion, target = torch.nn.CrossEntropyLoss(), torch.arange(x.shape[0]) % 10
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-15)

    def step():
        optimizer.zero_grad()
        loss = criterion(model(x), target)
        loss.backward()
        optimizer.step()
        return loss.item()
    return step


class Block(torch.nn.Module):
    """The basic block of a residual network."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(outputs)
        self.conv2 = torch.nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = torch.nn.BatchNorm2d(outputs)
        self.relu = torch.nn.ReLU(inplace=True)
        self.downsample = None if stride == 1 else torch.nn.Sequential(
            torch.nn.Conv2d(inputs, outputs, 1, stride, bias=False), torch.nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        y += x if self.downsample is None else self.downsample(x)
        return self.relu(y)


def resnet18():
    blocks, channels = [], 64
    for outputs in 64, 128, 256, 512:
        blocks += [Block(channels, outputs, 1 if outputs == 64 else 2), Block(outputs, outputs, 1)]
        channels = outputs
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 64, 7, 2, 3, bias=False), torch.nn.BatchNorm2d(64), torch.nn.ReLU(inplace=True),
        torch.nn.MaxPool2d(3, 2, 1), *blocks, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(),
        torch.nn.Linear(512, 1000))


def folded(model):
    """The normalisations of an evaluated network folded into its convolutions, as ours are."""
    identity = torch.nn.Identity()
    for block in model:
        if isinstance(block, Block):
            block.conv1, block.bn1 = fuse_conv_bn_eval(block.conv1, block.bn1), identity
            block.conv2, block.bn2 = fuse_conv_bn_eval(block.conv2, block.bn2), identity
            if block.downsample is not None:
                block.downsample = fuse_conv_bn_eval(*block.downsample)
    model[0], model[1] = fuse_conv_bn_eval(model[0], model[1]), identity
    return model


def infer(shape):
    (n, h), _ = numbers(shape)
    model, x = folded(resnet18().eval()), torch.rand(n, 3, h, h) * 2 - 1

    def forward():
        with torch.inference_mode():
            return model(x)
    return forward


SUITES = {"gemm": gemm, "infer": infer, "conv": conv, "pool": pool, "math": math, "rnn": rnn, "train": train}


def nanos_per_call(call, seconds):
    """In batches that double: reading the clock takes as long as the smallest calls."""
    limit = seconds * 1e9
    calls, elapsed, batch = 0, 0, 1
    start = time.perf_counter_ns()
    while elapsed < limit or calls == 0:
        for _ in range(batch):
            call()
        calls += batch
        elapsed = time.perf_counter_ns() - start
        if elapsed < limit / 4:
            batch *= 2
    return elapsed / calls


def version(threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    blas = "MKL" if torch.backends.mkl.is_available() else "no MKL"
    onednn = "oneDNN" if torch.backends.mkldnn.is_available() else "no oneDNN"
    return f"{torch.__version__}, {torch.backends.cpu.get_cpu_capability()}, {blas}, {onednn}, {torch.get_num_threads()} threads"


def main():
    call = None
    for line in sys.stdin:
        question = json.loads(line)
        try:
            if "threads" in question:
                answer = {"version": version(question["threads"])}
            elif "suite" in question:
                call = None  # the operands of the last case go first
                call = SUITES[question["suite"]](**question["parameters"])
                call()
                answer = {}
            else:
                answer = {"nanos": nanos_per_call(call, question["seconds"])}
        except (KeyError, ValueError, TypeError, RuntimeError) as failure:
            answer = {"error": f"{type(failure).__name__}: {failure}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
