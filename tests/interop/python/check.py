#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hands tensors to NumPy or PyTorch and back, through DLPack. Exit code 77 where the package is not installed.

    check.py PEER_LIBRARY numpy|torch
"""

import ctypes
import gc
import itertools
import sys

try:
    import numpy as np
    if sys.argv[2] == "torch":
        import torch
        from torch.utils import dlpack as torch_dlpack
except ImportError as missing:
    print("check.py:", missing, "for", sys.executable, "- skipped")
    sys.exit(77)

PEER = ctypes.PyDLL(sys.argv[1])  # keeps Python's lock: the library calls it
PEER.last_error.restype = PEER.describe.restype = ctypes.c_char_p
for function, result, arguments in (("take", ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_char_p]),
                                    ("view", ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_char_p]),
                                    ("give", ctypes.c_void_p, [ctypes.c_void_p]),
                                    ("describe", ctypes.c_char_p, [ctypes.c_void_p]),
                                    ("increment", None, [ctypes.c_void_p]), ("drop", None, [ctypes.c_void_p])):
    getattr(PEER, function).restype, getattr(PEER, function).argtypes = result, arguments

API = ctypes.pythonapi
API.PyCapsule_New.restype = ctypes.py_object
API.PyCapsule_New.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
API.PyCapsule_GetPointer.restype = ctypes.c_void_p
API.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
API.PyCapsule_SetName.argtypes = [ctypes.py_object, ctypes.c_char_p]
FRESH, USED = b"dltensor", b"used_dltensor"  # a capsule keeps the address of its name
END_CAPSULE = ctypes.cast(PEER.end_capsule, ctypes.c_void_p)
CPU = 1, 0


class LitorchError(Exception):
    pass


class Tensor:
    """A tensor of litorch."""

    def __init__(self, handle):
        self.handle = handle
        if not handle:
            raise LitorchError(PEER.last_error().decode())

    @classmethod
    def take(cls, capsule, dtype=None):
        managed = API.PyCapsule_GetPointer(capsule, FRESH)
        API.PyCapsule_SetName(capsule, USED)
        return cls(PEER.take(managed, dtype))

    def view(self, how):
        return Tensor(PEER.view(self.handle, how.encode()))

    def describe(self):
        """The element type, shape, strides in elements, and address."""
        dtype, rest = PEER.describe(self.handle).decode().split(" ", 1)
        shape, strides, address = rest.replace(") ", ")|").split("|")
        return dtype, eval(shape), eval(strides), int(address)

    def increment(self):
        PEER.increment(self.handle)

    def __dlpack__(self, stream=None):
        managed = PEER.give(self.handle)
        return API.PyCapsule_New(managed, FRESH, END_CAPSULE)

    def __dlpack_device__(self):
        return CPU

    def __del__(self):
        if self.handle:
            PEER.drop(self.handle)


class NumPy:
    dtypes = ("int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128").split()
    backwards = True
    give = staticmethod(lambda array: array.__dlpack__())
    take = staticmethod(lambda tensor: np.from_dlpack(tensor))
    numpy = staticmethod(lambda array: array)
    from_numpy = staticmethod(lambda array: array)


class PyTorch:
    dtypes = "int8 int16 int32 int64 uint8 float16 float32 float64 complex64 complex128".split()
    backwards = False  # PyTorch has no negative strides, and 1.13 ends the process for them
    give = staticmethod(lambda tensor: torch_dlpack.to_dlpack(tensor))
    take = staticmethod(lambda tensor: torch_dlpack.from_dlpack(tensor.__dlpack__()))
    numpy = staticmethod(lambda tensor: tensor.numpy())
    from_numpy = staticmethod(lambda array: torch.from_numpy(array))


PYTHON = {"numpy": NumPy, "torch": PyTorch}[sys.argv[2]]


def require(condition, *what):
    if not condition:
        print("check.py:", sys.argv[2], "failed:", *what)
        sys.exit(1)


def numbered(dtype, shape):
    return np.arange(int(np.prod(shape)), dtype=np.float64).astype(dtype).reshape(shape)


def arrays(dtype):
    """Arrays of many layouts, and what they are."""
    cube = numbered(dtype, (3, 4, 6))
    yield "a cube", cube
    yield "Fortran's order", np.asfortranarray(cube)
    yield "permuted", cube.transpose(2, 0, 1)
    yield "gaps", cube[:, 1:3, ::2]
    yield "a matrix, transposed", cube[1].T
    yield "a column", cube[1, :, 2]
    yield "a scalar", numbered(dtype, ())
    yield "one element", numbered(dtype, (1, 1))
    yield "nothing", numbered(dtype, (3, 0, 2))
    yield "eight dims", numbered(dtype, (2, 1, 2, 1, 2, 1, 2, 1))
    if PYTHON.backwards:
        yield "backwards", cube[::-1, :, ::-1]


def matches(tensor, array):
    """Whether litorch's tensor is the very memory of the array."""
    dtype, shape, strides, address = tensor.describe()
    same = dtype == array.dtype.name and shape == array.shape
    if array.size:
        steps = [step // array.itemsize for step in array.strides]
        same = same and address == array.ctypes.data
        same = same and all(mine == step for mine, step, extent in zip(strides, steps, shape) if extent > 1)
    return same


def one_more(array):
    return (array + np.ones((), array.dtype)).astype(array.dtype)


def check_to_litorch_and_back():
    count = 0
    for dtype in PYTHON.dtypes:
        for what, array in arrays(dtype):
            given = PYTHON.from_numpy(array)
            tensor = Tensor.take(PYTHON.give(given))
            require(matches(tensor, array), what, dtype, array.shape, array.strides, tensor.describe())
            expected = one_more(array)
            tensor.increment()
            require(np.array_equal(array, expected), "litorch's write is not seen", what, dtype)
            back = PYTHON.take(tensor)
            seen = PYTHON.numpy(back)
            require(matches(tensor, seen) and np.array_equal(seen, expected), "the way back", what, dtype)
            if array.size:
                array[(0,) * array.ndim] = 42
                require(seen[(0,) * array.ndim] == 42, "Python's write is not seen", what, dtype)
            count += 1
    print(count, "tensors went to litorch and came back")


def check_views_of_litorch():
    views = {"transposed": lambda a: a.transpose(2, 1, 0), "every second": lambda a: a[:, :, ::2],
             "without its first": lambda a: a[1:], "none of it": lambda a: a[:0], "first": lambda a: a[0],
             "repeated": lambda a: np.stack([a, a, a]), "copied": lambda a: a}
    if PYTHON.backwards:
        views["backwards"] = lambda a: a[::-1]
    for dtype, (how, same) in itertools.product(PYTHON.dtypes, views.items()):
        array = numbered(dtype, (3, 4, 5))
        tensor = Tensor.take(PYTHON.give(PYTHON.from_numpy(array))).view("copied")
        seen = PYTHON.take(tensor.view(how))
        require(np.array_equal(PYTHON.numpy(seen), same(array)), how, dtype, PYTHON.numpy(seen))
        require(PYTHON.numpy(seen).dtype == array.dtype, how, dtype)
        if how not in ("copied", "none of it"):
            tensor.increment()
            require(np.array_equal(PYTHON.numpy(seen), same(one_more(array))), "litorch's write is not seen", how, dtype)
    print(len(views) * len(PYTHON.dtypes), "views of litorch's tensors were seen")


def check_lifetimes():
    """A memory of Python, litorch's handles to it, and Python's to those, ended in every order."""
    for order in itertools.permutations(range(4)):
        array = numbered("float32", (50, 40))
        before = sys.getrefcount(array)
        given = PYTHON.from_numpy(array)
        tensor = Tensor.take(PYTHON.give(given))
        back = PYTHON.take(tensor)
        again = Tensor.take(PYTHON.give(back)) if PYTHON is PyTorch or back.flags.writeable else tensor.view("first")
        held = [given, tensor, back, again]
        expected, address = float(array[0, 7]), array.ctypes.data
        del given, tensor, back, again
        for number in order:
            require(sys.getrefcount(array) > before or PYTHON is NumPy, "the memory was let go of", order)
            held[number] = None
        gc.collect()
        require(PEER.count_alive() == 0, PEER.count_alive(), "handles are left", order)
        require(sys.getrefcount(array) == before, "the memory is held", order, sys.getrefcount(array), before)
        require(array[0, 7] == expected and array.ctypes.data == address, order)

    for order in itertools.permutations(range(3)):
        source = Tensor.take(PYTHON.give(PYTHON.from_numpy(numbered("int64", (8, 5)))))
        tensor = source.view("copied")
        del source
        held = [tensor, PYTHON.take(tensor), PYTHON.take(tensor.view("without its first"))]
        require(PEER.count_alive() == 2, PEER.count_alive(), "tensors and memories, expected 2")
        del tensor
        for left, number in zip((2, 1, 0), order):
            held[number] = None
            gc.collect()
            require((PEER.count_alive() > 0) == (left > 0), PEER.count_alive(), "alive with", left, "holders", order)
    print("24 and 6 orders of ending left nothing behind")


def check_refusals():
    array = numbered("float32", (3, 4))
    before = sys.getrefcount(array)
    try:
        Tensor.take(PYTHON.give(PYTHON.from_numpy(array)), b"int32")
        require(False, "float32 was taken for int32")
    except LitorchError as error:
        require("the elements are float32, expected int32" in str(error), error)
    gc.collect()
    require(sys.getrefcount(array) == before, "a refused tensor is held")

    unused = Tensor.take(PYTHON.give(PYTHON.from_numpy(array))).view("copied").__dlpack__()
    require(PEER.count_alive() == 1, "a capsule does not hold its tensor")
    del unused
    require(PEER.count_alive() == 0, "a capsule that nobody took holds its tensor")
    if PYTHON is PyTorch:
        try:
            Tensor.take(PYTHON.give(torch.ones(3, dtype=torch.bfloat16)))
            require(False, "bfloat16 was taken")
        except LitorchError as error:
            require("the elements are bfloat16" in str(error), error)


check_to_litorch_and_back()
check_views_of_litorch()
check_lifetimes()
check_refusals()
require(PEER.count_alive() == 0, PEER.count_alive(), "handles are left")
