#!/usr/bin/env bash
# The kernels on an NVIDIA GPU, in one command, on a machine without .NET.
#
#     bench/gpu.sh publish [RID]     on a machine with the .NET SDK and the package ILGPU: makes artifacts/gpu (default linux-x64)
#     bench/gpu.sh run [FOLDER]      on the machine with the GPU: runs it all, Markdown for bench/RESULTS.md on stdout
#
# Carry the repository with artifacts/gpu to the GPU machine; it needs the NVIDIA driver, and python3 with a CUDA build of PyTorch for
# the comparison (PYTHON names another Python; without PyTorch those rows are missing). SIZE=192x256 and RUNS=200 can be set.
# `run` tunes into a table of its own (artifacts/gpu-tiles.json), so the user's is neither read nor changed.
#
# Written on a machine without a GPU: `publish` and the program in it were run, `run` was not yet, on any card.
set -euo pipefail
here=$PWD
cd "$(dirname "$0")/.."

fail() { echo "gpu.sh: $*" >&2; exit 1; }

publish() {
  # Not trimmed: ILGPU finds its intrinsics and reads the kernels' IL by reflection, which the trimmer cannot follow. What it removed
  # would be missing only when a kernel is compiled for the card, and without a card nobody could have seen that.
  dotnet publish src/EMDC.Cli -c Release -p:UseIlgpu=true -r "${1:-linux-x64}" -p:PublishAot=false --self-contained \
    -p:PublishTrimmed=false -o artifacts/gpu
  echo "artifacts/gpu: $(du -sh artifacts/gpu | cut -f1); carry the repository with it to the GPU machine and run bench/gpu.sh run"
}

run() {
  local folder=$1 size=${SIZE:-192x256} runs=${RUNS:-200} python=${PYTHON:-python3} out
  local emdc=$folder/EMDC.Cli
  [ -x "$emdc" ] || fail "there is no $emdc; bench/gpu.sh publish makes it."
  mkdir -p artifacts
  out=$(mktemp -d)
  trap "rm -rf '$out'" EXIT
  export EMDC_TILES=$PWD/artifacts/gpu-tiles.json
  rm -f "$EMDC_TILES"

  "$emdc" devices >"$out/devices"
  grep -q '^cuda:0' "$out/devices" || { cat "$out/devices" >&2; fail "there is no cuda:0 here."; }
  echo "## $(sed -n 's/^cuda:0 *//p' "$out/devices"), $(date +%Y-%m-%d)"
  echo
  command -v nvidia-smi >/dev/null && echo "Driver and clocks: $(nvidia-smi --query-gpu=driver_version,clocks.max.sm,power.limit --format=csv,noheader | head -1)" && echo
  fenced cat "$out/devices"

  echo "### The same depth on the card and on the CPU"
  echo
  local frame device
  for frame in desk corridor livingroom; do
    for device in cuda cpu; do
      "$emdc" complete --rgb "tests/frames/${frame}_rgb.png" --depth "tests/frames/${frame}_sparse.exr" \
        --output "$out/$frame-$device.pfm" --device "$device" | sed "s/^/    /"
    done
    compare "$python" "$frame" "$out/$frame-cuda.pfm" "$out/$frame-cpu.pfm"
  done
  echo

  echo "### Tiles"
  echo
  fenced "$emdc" benchmark --raw --device cuda --size "$size" --warmup 50 --runs "$runs"
  "$emdc" tune --device cuda --size "$size" 2>"$out/tune.log"
  echo
  sed 's/^/    /' "$out/tune.log"
  echo

  echo "### A frame of $size, tuned"
  echo
  fenced "$emdc" benchmark --raw --device cuda --size "$size" --warmup 50 --runs "$runs"
  echo "### Kernel by kernel"
  echo
  fenced "$emdc" profile --device cuda --size "$size" --warmup 20 --runs "$runs" --by layer

  echo "### PyTorch on the same card"
  echo
  echo "| | median |"
  echo "|---|---:|"
  "$python" bench/peers/pytorch_cuda.py --size "$size" --runs "$runs" || echo "| PyTorch | not here |"
}

fenced() {
  echo '```'
  "$@"
  echo '```'
  echo
}

# compare PYTHON FRAME CUDA CPU: the largest difference of two depth maps; fails above 1e-4 of the largest depth.
compare() {
  "$1" - "$2" "$3" "$4" <<'PYTHON'
import array
import sys


def read(path):
    with open(path, "rb") as file:
        kind, size, scale = file.readline(), file.readline(), float(file.readline())
        columns, rows = map(int, size.split())
        values = array.array("f", file.read())
    assert kind.strip() == b"Pf" and len(values) == columns * rows, f"{path} is no map of depth"
    if (scale < 0) != (sys.byteorder == "little"):
        values.byteswap()
    return values


name, card, cpu = sys.argv[1], read(sys.argv[2]), read(sys.argv[3])
largest = max(cpu)
difference = max(abs(a - b) for a, b in zip(card, cpu))
print(f"\n{name}: largest difference {difference:.2e} m at depths up to {largest:.2f} m\n")
if not (len(card) == len(cpu) and difference <= 1e-4 * largest):
    sys.exit(f"gpu.sh: {name}: the card and the CPU differ by {difference:.2e} m.")
PYTHON
}

case "${1:-}" in
  publish) publish "${2:-linux-x64}" ;;
  run)
    folder=${2:-artifacts/gpu}
    [ -z "${2:-}" ] || folder=$(cd "$here" && cd "$2" && pwd)
    run "$folder"
    ;;
  *) sed -n '2,5p' "$0" >&2; exit 2 ;;
esac
