#!/bin/sh
# install.sh [PREFIX]: lays libemdc, its headers, the weights and the pkg-config file below PREFIX (/usr/local without it).
# DESTDIR is put before PREFIX, as packagers expect. Afterwards: cc program.c $(pkg-config --cflags --libs emdc)
set -eu
prefix=${1:-/usr/local}
from=$(cd "$(dirname "$0")" && pwd)
to=${DESTDIR:-}$prefix
mkdir -p "$to/lib" "$to/include" "$to/share"
cp -a "$from/lib/." "$to/lib/"
cp -a "$from/include/." "$to/include/"
cp -a "$from/share/." "$to/share/"
mkdir -p "$to/share/doc/emdc"
cp "$from/LICENSE" "$from/THIRD-PARTY.md" "$from/WEIGHTS.md" "$to/share/doc/emdc/"
sed "s|@PREFIX@|$prefix|" "$from/lib/pkgconfig/emdc.pc" > "$to/lib/pkgconfig/emdc.pc"
echo "libemdc is in $to/lib; run ldconfig once where that folder is one of the loader's."
