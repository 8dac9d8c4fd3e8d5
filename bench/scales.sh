#!/usr/bin/env bash
# Large frames with few spots: errors by the size that the network works at, as Markdown for bench/RESULTS.md.
#
#     bench/scales.sh [WEIGHTS]
#
# Renders FRAMES=8 scenes of EMDC.Scenes' test family at SIZE=720x960 with SPOTS=1184 spots where they are missing (in OUT=artifacts/scales),
# then runs emdc evaluate: the size that the spots decide, and each of SCALES. DEVICE=auto can be set.
set -euo pipefail
weights=$(realpath "${1:-$(dirname "$0")/../weights/emdc.safetensors}")
cd "$(dirname "$0")/.."
frames=${FRAMES:-8} size=${SIZE:-720x960} spots=${SPOTS:-1184} out=${OUT:-artifacts/scales}
folder=$out/$size-$spots-$frames
[ -n "${EMDC:-}" ] || dotnet build -c Release src/EMDC.Cli -v quiet >&2
if [ ! -f "$folder/data.list" ]; then
  [ -n "${SCENES:-}" ] || dotnet build -c Release tools/EMDC.Scenes -v quiet >&2
  rm -rf "$folder" "$folder.part"
  mkdir -p "$out"
  ${SCENES:-dotnet run -c Release --no-build --project tools/EMDC.Scenes --} frames --family test --seed 7 --frames "$frames" --size "$size" --spots "$spots" --out "$folder.part" >&2
  mv "$folder.part" "$folder"
fi

evaluate() {
  echo "### $1"
  echo
  shift
  ${EMDC:-dotnet run -c Release --no-build --project src/EMDC.Cli --} evaluate --list "$folder/data.list" --weights "$weights" --device "${DEVICE:-auto}" "$@"
  echo
}

evaluate "The size that $spots spots decide in frames of $size"
for scale in ${SCALES:-1 0.5 0.33333 0.25 0.16667}; do
  evaluate "Scale $scale" --scale "$scale" --baseline none
done
evaluate "The bare network at the frame's size" --raw --baseline none
