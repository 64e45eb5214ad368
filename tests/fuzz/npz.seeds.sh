#!/bin/sh
# SPDX-License-Identifier: MIT
# Some archives to start from, as Python's zipfile and NumPy lay them out: sh npz.seeds.sh FOLDER
set -eu
cd "$1"
python3 - <<'END'
import struct, zipfile

def npy(descr, shape, data, order=False):
    text = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (descr, order, shape)
    text = text.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode() + data

arrays = {
    "a.npy": npy("<f8", "(2,)", bytes(range(16))),
    "b.npy": npy("|b1", "(3,)", b"\1\0\1"),
    "c.npy": npy(">i4", "(2, 2)", bytes(16), True),
    "d.npy": npy("<c16", "(0, 4)", b""),
}
for name, method in (("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED), ("bzip2", zipfile.ZIP_BZIP2)):
    with zipfile.ZipFile(name, "w", method) as archive:
        for member, data in arrays.items():
            with archive.open(zipfile.ZipInfo(member), "w", force_zip64=name == "stored") as file:
                file.write(data)
for member, data in arrays.items():
    with zipfile.ZipFile("one_" + member, "w") as archive:
        archive.writestr(zipfile.ZipInfo(member), data)
with zipfile.ZipFile("other", "w") as archive:
    archive.writestr(zipfile.ZipInfo("readme.txt"), "text")
with zipfile.ZipFile("zeros", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr(zipfile.ZipInfo("z.npy"), npy("|u1", "(60000,)", bytes(60000)), zipfile.ZIP_DEFLATED)
with zipfile.ZipFile("empty", "w"):
    pass
END
