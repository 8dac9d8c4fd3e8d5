#!/usr/bin/env bash
# Fits the uncertainty's few coefficients to weights, and tells how good it is, as Markdown for weights/README.md.
#
#     bench/uncertainty.sh [LIST …]           after every training; LISTs of other frames with ground truth to measure on
#
# Renders EMDC.Scenes' test family, which no weights are trained on, with other seeds than bench/quality.sh: one set to fit on and one to
# measure on, with everything a sensor does (--mix). emdc uncertainty puts the coefficients into the weights' file. FRAMES=60,
# OUT=artifacts/uncertainty and WEIGHTS=weights/emdc.safetensors can be set. Two minutes on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."

frames=${FRAMES:-60} out=${OUT:-artifacts/uncertainty} weights=${WEIGHTS:-weights/emdc.safetensors}
dotnet build -c Release tools/EMDC.Scenes -v quiet >&2
dotnet build -c Release src/EMDC.Cli -v quiet >&2

# Rendered under another name first, so that an interrupted set is not taken for a whole one.
for seed in 101 102; do
  if [ ! -f "$out/$seed-$frames/data.list" ]; then
    rm -rf "$out/$seed-$frames.part"
    mkdir -p "$out"
    dotnet run -c Release --no-build --project tools/EMDC.Scenes -- frames --family test --seed "$seed" --frames "$frames" --mix --out "$out/$seed-$frames.part" >&2
    mv "$out/$seed-$frames.part" "$out/$seed-$frames"
  fi
done

mkdir -p "$out/samples"
for name in livingroom corridor desk; do
  printf '%s\t%s\t%s\n' "$PWD/tests/frames/$name"_{rgb.png,sparse.exr,depth.exr}
done >"$out/samples/data.list"

dotnet run -c Release --no-build --project src/EMDC.Cli -- uncertainty --device cpu --weights "$weights" --list "$out/101-$frames/data.list" \
  --measure "$out/102-$frames/data.list" "$out/samples/data.list" "$@"
