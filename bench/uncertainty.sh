#!/usr/bin/env bash
# Fits the uncertainty's few coefficients to weights, and tells how good it is, as Markdown for weights/README.md.
#
#     bench/uncertainty.sh [NAME=LIST …]      after every training; LISTs of other frames with ground truth to measure on
#
# Renders EMDC.Scenes' test family, which no weights are trained on, with other seeds than bench/quality.sh: one set to fit on and one to
# measure on, with everything a sensor does (--mix). Writes src/EMDC/Completion/UncertaintyCoefficients.cs. FRAMES=60, OUT=artifacts/uncertainty and
# WEIGHTS=weights/emdc.safetensors can be set. Two minutes on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."

frames=${FRAMES:-60} out=${OUT:-artifacts/uncertainty} weights=${WEIGHTS:-weights/emdc.safetensors}
dotnet build -c Release tools/EMDC.Scenes -v quiet >&2
dotnet build -c Release tools/EMDC.Uncertainty -v quiet >&2

# Rendered under another name first, so that an interrupted set is not taken for a whole one.
for seed in 101 102; do
  if [ ! -f "$out/$seed-$frames/data.list" ]; then
    rm -rf "$out/$seed-$frames.part"
    mkdir -p "$out"
    dotnet run -c Release --no-build --project tools/EMDC.Scenes -- frames --family test --seed "$seed" --frames "$frames" --mix --out "$out/$seed-$frames.part" >&2
    mv "$out/$seed-$frames.part" "$out/$seed-$frames"
  fi
done

samples=$(mktemp --suffix .list)
trap 'rm -f "$samples"' EXIT
for name in livingroom corridor desk; do
  echo "$PWD/tests/frames/${name}_rgb.png $PWD/tests/frames/${name}_sparse.exr $PWD/tests/frames/${name}_depth.exr" >>"$samples"
done

dotnet run -c Release --no-build --project tools/EMDC.Uncertainty -- "$weights" src/EMDC/Completion/UncertaintyCoefficients.cs \
  "$out/101-$frames/data.list" "the same family, another seed=$out/102-$frames/data.list" "tests/frames=$samples" "$@"
