#!/bin/sh
# SPDX-License-Identifier: MIT
# install_packages.sh PACKAGE...: installs those of the Debian packages that are missing, as root or through sudo.
# Without apt-get it says what is needed and leaves it to the build to find the tools.
set -eu

if ! command -v apt-get >/dev/null; then
  echo "install_packages: no apt-get here; these packages, or what they are called here, are needed: $*"
  exit 0
fi

missing=
for package in "$@"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install_packages: missing:$missing; run this as root, or: apt-get install$missing" >&2
    exit 1
  fi
  as_root=sudo
fi

echo "install_packages: installing$missing"
apt() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null; }
apt update || echo "install_packages: the package lists could not be refreshed; trying with those there are" >&2
apt install -y --no-install-recommends $missing
