#!/usr/bin/env bash
# A flat wall at 2 m that is measured everywhere but in a hole, under pictures that say nothing about it, as Markdown for bench/RESULTS.md.
#
#     bench/wall.sh [WEIGHTS]                  without WEIGHTS: weights/emdc.safetensors
#
# 192×256; the hole is in the middle, half as high and half as wide as the picture. Pictures: grey, the three rooms of tests/frames, a
# patchwork of random colours, white noise. Needs python3 with PIL and numpy (PYTHON names another). DEVICE=auto can be set; EMDC names another
# command than the one built here.
set -euo pipefail
weights=$(realpath "${1:-$(dirname "$0")/../weights/emdc.safetensors}")
cd "$(dirname "$0")/.."
[ -n "${EMDC:-}" ] || dotnet build -c Release src/EMDC.Cli -v quiet >&2
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

"${PYTHON:-python3}" - "$out" <<'PY'
import pathlib, sys
import numpy
from PIL import Image
out = pathlib.Path(sys.argv[1])
height, width = 192, 256
draw = numpy.random.default_rng(1)
depth = numpy.full((height, width), 2, numpy.float32)
depth[height // 4:-height // 4, width // 4:-width // 4] = 0
numpy.save(out / "measured.npy", depth)
pictures = {"grey": Image.fromarray(numpy.full((height, width, 3), 128, numpy.uint8))}
for room in ("livingroom", "corridor", "desk"):
    with Image.open(f"tests/frames/{room}_rgb.png") as picture:
        pictures[room] = picture.convert("RGB").resize((width, height), Image.BOX)
patches = draw.integers(0, 256, (height // 24, (width + 23) // 24, 3), numpy.uint8)
pictures["patchwork"] = Image.fromarray(numpy.repeat(numpy.repeat(patches, 24, 0), 24, 1)[:, :width])
pictures["noise"] = Image.fromarray(draw.integers(0, 256, (height, width, 3), numpy.uint8))
for name, picture in pictures.items():
    picture.save(out / f"{name}.png")
(out / "data.list").write_text("".join(f"{name}.png measured.npy\n" for name in pictures))
PY

${EMDC:-dotnet run -c Release --no-build --project src/EMDC.Cli --} complete --list "$out/data.list" --output-dir "$out/dense" --output-format npy \
  --weights "$weights" --device "${DEVICE:-auto}" --quiet >&2
echo "| picture | least m | greatest m | mean error in the hole |"
echo "|---|---:|---:|---:|"
"${PYTHON:-python3}" - "$out" <<'PY'
import pathlib, sys
import numpy
out = pathlib.Path(sys.argv[1])
hole = numpy.load(out / "measured.npy") == 0
for line in (out / "data.list").read_text().splitlines():
    name = pathlib.Path(line.split()[0]).stem
    dense = numpy.load(out / "dense" / f"{name}.npy")
    print(f"| {name} | {dense.min():.3f} | {dense.max():.3f} | {abs(dense[hole] - 2).mean() / 2:.1%} |")
PY
