# SPDX-License-Identifier: MIT
"""peers.py CALLS FOLDER: an epoch of PyTorch's DataLoader on the same datasets.

Prints the median seconds as JSON; {} where PyTorch is not installed. FOLDER holds the shards.
"""
import glob
import json
import os
import statistics
import sys
import time

try:
    import numpy
    import torch
except ImportError:
    print("{}")
    sys.exit()


class Mapped(torch.utils.data.Dataset):
    def __init__(self, folder):
        self.shards = [numpy.load(path, mmap_mode="r") for path in sorted(glob.glob(os.path.join(folder, "*.npy")))]

    def __len__(self):
        return sum(len(shard) for shard in self.shards)

    def __getitem__(self, i):
        rows = len(self.shards[0])
        return torch.from_numpy(numpy.array(self.shards[i // rows][i % rows]))


def epoch(loader):
    samples = 0
    for batch in loader:
        samples += len(batch[0] if isinstance(batch, list) else batch)
    return samples


def main():
    calls, folder = int(sys.argv[1]), sys.argv[2]
    torch.set_num_threads(1)
    tensors = torch.utils.data.TensorDataset
    images = torch.from_numpy((numpy.arange(60000 * 28 * 28) * 31 % 251).astype(numpy.uint8).reshape(60000, 28, 28))
    cases = {
        "rows": (tensors(torch.arange(50000, dtype=torch.float32).reshape(10000, 5)), 256),
        "images": (tensors(images, torch.arange(60000)), 256),
        "mapped": (Mapped(folder), 64),
    }
    found = {}
    for name, (dataset, batch_size) in cases.items():
        for workers in (0, 2):
            loader = torch.utils.data.DataLoader(dataset, batch_size, shuffle=True, num_workers=workers,
                                                 persistent_workers=workers > 0)
            if epoch(loader) != len(dataset):
                sys.exit("wrong result: " + name)
            seconds = []
            while len(seconds) < calls:
                start = time.perf_counter()
                epoch(loader)
                seconds.append(time.perf_counter() - start)
            found[f"PyTorch, {name}, {workers} workers"] = statistics.median(seconds)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
