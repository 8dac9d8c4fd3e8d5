#!/usr/bin/env bash
# From a few spots to full maps: errors per density and method, as Markdown for bench/RESULTS.md.
#
#     bench/densities.sh LIST [WEIGHTS]
#
# LIST has lines `rgb sparse gt` with dense truth; the spots are drawn from the truth, at random and with two holes, at DENSITIES percent of
# its pixels (0.1,0.2,0.5,1,2,8,25,100). DEVICE=auto can be set.
set -euo pipefail
list=$(realpath "${1:?densities.sh: which list?}") weights=$(realpath "${2:-$(dirname "$0")/../weights/emdc.safetensors}")
cd "$(dirname "$0")/.."
[ -n "${EMDC:-}" ] || dotnet build -c Release src/EMDC.Cli -v quiet >&2

evaluate() {
  echo "### $1"
  echo
  shift
  ${EMDC:-dotnet run -c Release --no-build --project src/EMDC.Cli --} evaluate --list "$list" --weights "$weights" --device "${DEVICE:-auto}" \
    --density "${DENSITIES:-0.1,0.2,0.5,1,2,8,25,100}" "$@"
  echo
}

evaluate "Number of spots"
evaluate "The bare network" --raw --baseline none
