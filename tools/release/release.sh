#!/usr/bin/env bash
# release.sh [OUT]: the archives of a release, with checksums, in OUT (artifacts/release without it).
#
#   emdc-VERSION-linux-x64.tar.gz      the command; bin/emdc takes AVX-512 where the processor has it, AVX2 otherwise
#   emdc-VERSION-linux-arm64.tar.gz    the command
#   libemdc-VERSION-linux-x64.tar.gz   the C library, headers, pkg-config file, examples, install.sh
#   libemdc-VERSION-linux-arm64.tar.gz the same
#   SHA256SUMS
#
# Needs the .NET SDK, clang or gcc, and for ARM64 on an x64 machine clang, lld and the libraries of gcc-aarch64-linux-gnu. RIDS="linux-x64"
# makes only those. Each archive has the default weights and all licence notices.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$(realpath -m "${1:-artifacts/release}")
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"

publish() { # PROJECT RID FOLDER [INSTRUCTIONS]
  dotnet publish "$1" -c Release -r "$2" -o "$3" --nologo -v quiet ${4:+-p:IlcInstructionSet=$4}
}

common() { # FOLDER
  cp LICENSE THIRD-PARTY.md "$1"
  cp weights/README.md "$1/WEIGHTS.md"
}

pack() { # FOLDER
  tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner -czf "$out/$1.tar.gz" "$1"
}

for rid in ${RIDS:-linux-x64 linux-arm64}; do
  name=emdc-$version-$rid
  mkdir -p "$work/$name/bin" "$work/$name/weights"
  common "$work/$name"
  cp weights/emdc.safetensors "$work/$name/weights/"
  publish src/EMDC.Cli "$rid" "$work/cli-$rid"
  cp "$work/cli-$rid/emdc" "$work/$name/bin/"
  if [ "$rid" = linux-x64 ]; then
    publish src/EMDC.Cli "$rid" "$work/cli-v4" x86-64-v4
    cp "$work/cli-v4/emdc" "$work/$name/bin/emdc-x86-64-v4"
  fi
  pack "$name"

  # The loader itself takes the library under glibc-hwcaps where the processor has what it needs.
  name=libemdc-$version-$rid
  mkdir -p "$work/$name/lib/pkgconfig" "$work/$name/include" "$work/$name/share/emdc"
  common "$work/$name"
  cp weights/emdc.safetensors "$work/$name/share/emdc/"
  cp src/EMDC.Native/include/* "$work/$name/include/"
  cp -r examples "$work/$name/"
  cp tools/release/install.sh "$work/$name/"
  sed "s/@VERSION@/$version/" tools/release/emdc.pc.in > "$work/$name/lib/pkgconfig/emdc.pc"
  publish src/EMDC.Native "$rid" "$work/lib-$rid"
  cp "$work/lib-$rid/libemdc.so" "$work/$name/lib/libemdc.so.1"
  ln -s libemdc.so.1 "$work/$name/lib/libemdc.so"
  if [ "$rid" = linux-x64 ]; then
    publish src/EMDC.Native "$rid" "$work/lib-v4" x86-64-v4
    mkdir -p "$work/$name/lib/glibc-hwcaps/x86-64-v4"
    cp "$work/lib-v4/libemdc.so" "$work/$name/lib/glibc-hwcaps/x86-64-v4/libemdc.so.1"
  fi
  pack "$name"
done

cd "$out"
sha256sum -- *.tar.gz > SHA256SUMS
ls -l -- *.tar.gz
