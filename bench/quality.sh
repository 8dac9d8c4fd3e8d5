#!/usr/bin/env bash
# Quality of weights beside the classical baselines, as Markdown for bench/RESULTS.md, and a figure.
#
#     bench/quality.sh [WEIGHTS]          without WEIGHTS: weights/emdc.safetensors
#
# Renders the test set where it is missing (EMDC.Scenes' test family, which shares no layout and no pattern with training; a fixed seed,
# so the same files everywhere), then runs emdc evaluate on it:
#   main     FRAMES scenes, SHOTS pictures each with independent noise (for RTSD), 1,000 spots on a grid
#   study    the same scenes once each: 100 to 2,000 spots, grid or random, with a rectangle in which nothing comes back, with a field
#            of view smaller than the picture
# FRAMES=200, SHOTS=4, SEED=7, OUT=artifacts/quality, DEVICE=auto and BASELINES=all can be set; SCENES and EMDC name other commands than
# the ones built here. About 600 MB of files and, on two cores, ten minutes. The figure is OUT/sheet.png, a line a frame OUT/*.csv.
set -euo pipefail
cd "$(dirname "$0")/.."

frames=${FRAMES:-200} shots=${SHOTS:-4} seed=${SEED:-7} out=${OUT:-artifacts/quality} device=${DEVICE:-auto} baselines=${BASELINES:-all}
weights=${1:-weights/emdc.safetensors}

[ -f "$weights" ] || { echo "quality.sh: there is no $weights." >&2; exit 1; }
if [ -z "${SCENES:-}" ]; then
  dotnet build -c Release tools/EMDC.Scenes -v quiet >&2
fi
if [ -z "${EMDC:-}" ]; then
  dotnet build -c Release src/EMDC.Cli -v quiet >&2
fi
scenes() { ${SCENES:-dotnet run -c Release --no-build --project tools/EMDC.Scenes --} "$@"; }
emdc() { ${EMDC:-dotnet run -c Release --no-build --project src/EMDC.Cli --} "$@"; }

# Rendered under another name first, so that an interrupted set is not taken for a whole one.
render() {
  local name=$1 folder=$out/$1-$seed-$frames
  shift
  if [ ! -f "$folder/$name/data.list" ]; then
    rm -rf "$folder"
    mkdir -p "$out"
    scenes frames --family test --seed "$seed" --frames "$frames" --out "$folder.part/$name" "$@" >&2
    mv "$folder.part" "$folder"
  fi
  lists+=(--list "$folder/$name/data.list")
}

evaluate() {
  echo "### $1"
  shift
  echo
  emdc evaluate "${lists[@]}" --weights "$weights" --device "$device" --baseline "$baselines" "$@"
  echo
}

echo "## Quality, $(date +%Y-%m-%d), commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
echo
echo "\`bench/quality.sh $weights\`: test family, seed $seed, $frames scenes; weights sha256 $(sha256sum "$weights" | cut -c1-16)."
echo

lists=()
render "main-x$shots" --static "$shots" --spots 1000 --pattern grid
evaluate "Test set" --keep-measured --sheet "$out/sheet.png" --rows "${ROWS:-4}" --per-frame "$out/main.csv"

lists=()
for spots in 100 200 500 1000 2000; do
  render "grid-$spots" --spots "$spots" --pattern grid
done
render random-500 --spots 500 --pattern random
render random-1000 --spots 1000 --pattern random
render window-1000 --spots 1000 --pattern grid --window
render cut-1000 --spots 1000 --pattern grid --effects noise,jitter,dark,cut
evaluate "Number and pattern of spots" --per-frame "$out/study.csv"
