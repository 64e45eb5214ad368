#!/bin/sh
# SPDX-License-Identifier: MIT
# The man page has no mistakes that man, groff or mandoc, those of them that there are, know of, and describes the options
# of --help, all of them and no others.
# usage: man_page.sh NPYCAT NPYCAT.1
set -u
export LC_ALL=C.UTF-8
npycat=$1
page=$2
failures=0
fail() {
  printf 'FAIL %s\n' "$*"
  failures=$((failures + 1))
}

# complaints COMMAND...: there must be none.
complaints() {
  command -v "$1" >/dev/null || return 0
  said=$("$@" 2>&1 >/dev/null) || fail "$* ends with exit code $?"
  [ -z "$said" ] || fail "$*: $said"
}
complaints man --warnings=w -l "$page"
complaints groff -man -Tutf8 -ww -z "$page"
if command -v mandoc >/dev/null; then
  said=$(mandoc -T lint -W warning "$page") || fail "mandoc: $said"
fi

# The options that a line of --help, or a paragraph of OPTIONS, begins with.
helped=$("$npycat" --help | grep -E '^ +-' | grep -oE '^ +(-[a-z],)?--[a-z0-9-]+' | tr -d ' ' | tr ',' '\n' | sort)
written=$(sed -n '/^\.SH OPTIONS/,/^\.SH EXIT/p' "$page" | grep -A1 '^\.TP' | grep '^\.B' | tr -d '\\' |
  grep -oE -- '-[a-z0-9-]+' | sort)
[ "$(printf '%s\n' "$helped" | wc -l)" -gt 10 ] || fail "--help names too few options to compare: $helped"
[ "$helped" = "$written" ] || fail "--help has
$helped
and the man page
$written"

[ "$failures" -eq 0 ] && echo 'the man page is right and complete'
exit "$failures"
