# SPDX-License-Identifier: MIT
"""Headers of .npy files, as others write them and changed at random: what npy_numpy_check.py asks both sides about."""

import io
import struct
import warnings

import numpy as np

FORMAT = getattr(np.lib, "_format_impl", np.lib.format)  # where NumPy 2 keeps it

WORDS = ("'descr' 'fortran_order' 'shape' \"descr\" \"shape\" True False None 0 1 2 3 10 -1 1L 0x1 1_0 00 01 1e1 1. + - ~ "
         "' \" '' \\ ( ) () (,) (1,) (2,2) [ ] { } {} : , ,, ; # @ . * _ = < > | ! u' b' '<f8' '>f4' '|b1' '=i2' '|O' "
         "<f4 i8 9223372036854775807 9223372036854775808 4611686018427387904 18446744073709551616 "
         "1152921504606846976 'a' lambda not or and if else").split()
BYTES = [bytes([value]) for value in range(256)]


def base_headers():
    """Dictionaries as NumPy and others write them."""
    texts = []
    for descr in ("<f8", "|b1", ">i4", "<c16", "|u1", "<f2", "<i1", ">u8"):
        for shape in ("()", "(3,)", "(2, 3)", "(0, 4)", "(1, 2, 3, 4, 5, 6, 7, 8)", "(1797,8,8,)"):
            for order in ("True", "False"):
                texts.append(f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}")
    texts += [text.replace("'", '"') for text in texts[::7]] + [text.replace(" ", "") for text in texts[::5]]
    texts += [text.replace(" ", "   ") for text in texts[::9]]
    return [text.encode() for text in texts]


def mutate_text(rng, text):
    for _ in range(rng.choice([0, 1, 1, 1, 2, 2, 3])):
        at, end = sorted((rng.randint(0, len(text)), min(len(text), rng.randint(0, len(text) + 8))))
        how = rng.randrange(9)
        if how == 0:
            text = text[:at] + rng.choice(BYTES) + text[at + 1:]
        elif how == 1:
            text = text[:at] + text[at + rng.randint(1, 3):]
        elif how == 2:
            text = text[:at] + rng.choice(WORDS).encode() + text[at:]
        elif how == 3:
            text = text[:at] + rng.choice(WORDS).encode() + text[at + rng.randint(1, 4):]
        elif how == 4:
            text = text[:end] + text[at:end] + text[end:]
        elif how == 5:
            text = text[:at] + b" " * rng.randint(1, 5) + text[at:]
        elif how == 6:
            digits = [i for i, byte in enumerate(text) if 48 <= byte <= 57]
            if digits:
                i = rng.choice(digits)
                text = text[:i] + str(rng.choice([0, 1, 2, 4, 7, 8, 16, 64, 10**9, 10**18, 2**63 - 1, 2**63])).encode() + text[i + 1:]
        elif how == 7:
            parts = text.strip(b"{}").split(b", ")
            rng.shuffle(parts)
            text = b"{" + b", ".join(parts) + b"}"
        else:
            text = text[:at] + rng.choice([b"\t", b"\n", b"\r", b"\0", b" ", b"\xa0", b"\xc3\xa9"]) + text[at:]
    return text


def mutant(rng, bases):
    version = rng.choice([1, 1, 2, 3])
    text = mutate_text(rng, rng.choice(bases))
    end = rng.choice([b"\n"] * 12 + [b"", b" ", b"\n\n", b"\r\n", b"\0\n"])
    padding = b" " * rng.choice([0, 1, 5, 20, -(len(text) + len(end) + 8 + (2 if version == 1 else 4)) % 64])
    header = text + padding + end
    length = len(header) + rng.choice([0] * 30 + [-1, 1, 5, 9000])
    preamble = b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", max(0, length))
    if rng.random() < 0.03:
        at = rng.randrange(len(preamble))
        preamble = preamble[:at] + rng.choice(BYTES) + preamble[at + 1:]
    return preamble + header


def swept_headers():
    """One file of each version with every byte of its header replaced by every other."""
    for version in (1, 2, 3):
        buffer = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            FORMAT.write_array(buffer, np.zeros((3, 2), "<f4", "F"), (version, 0))
        header = buffer.getvalue()[:-24]
        for at in range(len(header)):
            # NumPy sees every printable byte, and every byte in the preamble.
            for value in range(256) if at < 12 or version == 1 else range(32, 127):
                yield header[:at] + bytes([value]) + header[at + 1:]
