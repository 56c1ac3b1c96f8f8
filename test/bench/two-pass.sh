#!/bin/sh
# What an operator does by hand: the queue ids of the lines that name an address, then all lines that name
# one of the ids.   RG=rg two-pass.sh NEEDLE LOG
set -e
ids=$(mktemp)
trap 'rm -f "$ids"' EXIT
"$RG" -F -e "$1" "$2" |
  "$RG" -o '\]: ([0-9A-F]{6,}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,}): ' -r '$1' |
  sort -u >"$ids"
"$RG" -F -f "$ids" "$2"
