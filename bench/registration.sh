#!/usr/bin/env bash
# What it costs that colours lie beside the depth, and what the search for it brings back, as Markdown for bench/RESULTS.md.
#
#     bench/registration.sh [WEIGHTS]          without WEIGHTS: weights/emdc.safetensors
#
# FRAMES=100 scenes of EMDC.Scenes' test family (SEED=7) with SPOTS=1000 spots on a grid before losses, as bench/quality.sh renders them; and the
# same ones with the colours moved by −3 to 3 pixels each way. Each is completed as it is (--registration 0,0) and with the search.
# Then RIGS=4 rigs of 5 of these scenes, the colours of a rig's all moved by the same: what emdc register finds.
# Needs python3 with PIL and numpy (PYTHON names another). OUT=artifacts/registration and DEVICE=auto can be set; SCENES and EMDC name other commands than the ones built here.
set -euo pipefail
cd "$(dirname "$0")/.."
frames=${FRAMES:-100} seed=${SEED:-7} spots=${SPOTS:-1000} out=${OUT:-artifacts/registration} device=${DEVICE:-auto}
weights=${1:-weights/emdc.safetensors}
[ -n "${SCENES:-}" ] || dotnet build -c Release tools/EMDC.Scenes -v quiet >&2
[ -n "${EMDC:-}" ] || dotnet build -c Release src/EMDC.Cli -v quiet >&2
scenes() { ${SCENES:-dotnet run -c Release --no-build --project tools/EMDC.Scenes --} "$@"; }
emdc() { ${EMDC:-dotnet run -c Release --no-build --project src/EMDC.Cli --} "$@"; }

on=$out/on-$seed-$frames-$spots beside=$out/beside-$seed-$frames-$spots
if [ ! -f "$on/data.list" ]; then
  rm -rf "$on"
  mkdir -p "$out"
  scenes frames --family test --seed "$seed" --frames "$frames" --spots "$spots" --pattern grid --out "$on.part" >&2
  mv "$on.part" "$on"
fi
rm -rf "$beside"
mkdir -p "$beside"
"${PYTHON:-python3}" - "$on" "$beside" "${RIGS:-4}" <<'PY'
import pathlib, random, sys
import numpy
from PIL import Image
on, beside = map(pathlib.Path, sys.argv[1:3])


def moved(line, down, right):
    """Writes a frame's colours, moved; returns its line of a list."""
    rgb, sparse, truth = line.split()[:3]
    name = f"{pathlib.Path(rgb).stem}_{down}_{right}.png"
    with Image.open(on / rgb) as picture:
        # Where the picture ends its border is repeated.
        wide = numpy.pad(numpy.asarray(picture), ((3, 3), (3, 3), (0, 0)), "edge")
        height, width = wide.shape[0] - 6, wide.shape[1] - 6
        Image.fromarray(wide[3 - down:3 - down + height, 3 - right:3 - right + width]).save(beside / name)
    return f"{name} {(on / sparse).resolve()} {(on / truth).resolve()}\n"


def shift(draw):
    return draw.randint(-3, 3), draw.randint(-3, 3)


frames = (on / "data.list").read_text().splitlines()
draw = random.Random(5)
(beside / "data.list").write_text("".join(moved(line, *shift(draw)) for line in frames))
for rig in range(int(sys.argv[3])):
    # The first one's colours lie where they belong.
    down, right = shift(draw) if rig > 0 else (0, 0)
    (beside / f"rig{rig}_{down}_{right}.list").write_text("".join(moved(line, down, right) for line in frames[5 * rig:5 * rig + 5]))
PY

echo "| colours | search | RMAE | median | frames with a shift found |"
echo "|---|---|---:|---:|---:|"
for place in on beside; do
  for search in no yes; do
    known=()
    [ $search = yes ] || known=(--registration 0,0)
    found=$(emdc evaluate --list "${!place}/data.list" --baseline none --weights "$weights" --device "$device" --json --quiet "${known[@]}")
    "${PYTHON:-python3}" - "$place" $search "$found" <<'PY'
import json, sys
place, search, text = sys.argv[1:]
result = json.loads(text)["sets"][0]
method = result["methods"][0]
where = "on the depth" if place == "on" else "beside it, up to 3 pixels each way"
print(f"| {where} | {search} | {method['rmae']:.4f} | {method['rmae_median']:.4f} | {result['frames_shifted']} of {result['frames']} |")
PY
  done
done

echo
echo "| rig | moved by (down, right) | \`emdc register\` |"
echo "|---:|---:|---|"
for list in "$beside"/rig*.list; do
  IFS=_ read -r rig down right <<< "$(basename "$list" .list)"
  echo "| ${rig#rig} | $down,$right | $(emdc register --list "$list" --weights "$weights" --device "$device" --quiet || echo refused) |"
done
