#!/usr/bin/env bash
# From a checkout to trained weights on one GPU, in one command, on a machine with nothing but PyTorch.
#
#     tools/train/gpu.sh publish [RID]          with the .NET SDK and clang or gcc: makes artifacts/train (default linux-x64)
#     tools/train/gpu.sh run MINUTES [OUT]      on the machine with the GPU: frames, training, weights within so many minutes
#
# Carry the repository with artifacts/train to the GPU machine; it needs the NVIDIA driver and python3 with a CUDA build of PyTorch
# (PYTHON names another Python). OUT (default artifacts/run) gets weights.safetensors, weights.pth, log.csv, and log.png where there
# is Matplotlib, and evaluation.txt: the weights beside the classical baselines on frames never trained on. All can be set: FRAMES to
# train on (20000), BATCH in frames (40), INIT checkpoint to start from, TEST frames (200), SIZE=192x256.
# A broken-off run goes on when it is started again with the same OUT: finished shards and the last five minutes' state are kept.
#
# Without a GPU the same runs on the CPU: FRAMES=200 BATCH=2 TEST=5 tools/train/gpu.sh run 5 is a rehearsal.
set -euo pipefail
here=$PWD
cd "$(dirname "$0")/../.."
tools=$PWD/artifacts/train

fail() { echo "gpu.sh: $*" >&2; exit 1; }

publish() {
  local project
  dotnet publish src/EMDC.Cli -c Release -r "${1:-linux-x64}" -o "$tools/EMDC.Cli"
  # The renderer traces with Vector256, which an ahead-of-time build only has if told so.
  [[ "${1:-linux-x64}" != *-x64 ]] || export IlcInstructionSet=x86-64-v3
  for project in EMDC.Scenes EMDC.Convert; do
    dotnet publish "tools/$project" -c Release -p:PublishAot=true -p:StripSymbols=true -p:CopyOutputSymbolsToPublishDirectory=false \
      -r "${1:-linux-x64}" -o "$tools/$project"
  done
  echo "artifacts/train: $(du -sh "$tools" | cut -f1); carry the repository with it to the GPU machine and run tools/train/gpu.sh run MINUTES"
}

run() {
  local minutes=$1 out=$2 python=${PYTHON:-python3} started=$SECONDS
  local frames=${FRAMES:-20000} batch=${BATCH:-40} test=${TEST:-200} size=${SIZE:-192x256}
  local scenes=$tools/EMDC.Scenes/EMDC.Scenes convert=$tools/EMDC.Convert/EMDC.Convert emdc=$tools/EMDC.Cli/emdc
  local program resume=() workers before=0
  for program in "$scenes" "$convert" "$emdc"; do
    [ -x "$program" ] || fail "there is no $program; tools/train/gpu.sh publish makes it."
  done
  "$python" -c 'import torch, numpy' || fail "$python has no PyTorch or no NumPy."
  mkdir -p "$out"

  "$scenes" shards --family train --seed 1 --frames "$frames" --draws 2 --size "$size" --out "$out/shards/train"
  "$scenes" shards --family train --seed 2 --frames 64 --size "$size" --out "$out/shards/validate"
  "$scenes" frames --family test --seed 7 --frames "$test" --size "$size" --out "$out/test"

  # Two minutes are kept for converting and measuring.
  local left=$(( minutes * 60 - (SECONDS - started) - 120 ))
  [ "$left" -gt 60 ] || fail "$minutes minutes are too few: the frames alone took $((SECONDS - started)) s."
  if [ -e "$out/resume.pth" ]; then
    resume=(--resume)
    before=$(tail -n 1 "$out/log.csv" | cut -d, -f1)
  fi
  workers=$(( $(nproc) > 2 ? $(nproc) - 2 : 1 ))
  "$python" tools/train/train.py --data "$out/shards/train" --validate "$out/shards/validate" --out "$out" \
    --minutes "$(awk "BEGIN { print $before + $left / 60 }")" --pixels "$(( batch * ${size%x*} * ${size#*x} ))" --sizes "$size" \
    --bfloat16 --rate 5e-4 --relative 0.5 --freeze-norms-at 0.6 --workers "$workers" ${INIT:+--init "$INIT"} "${resume[@]}"

  "$convert" "$out/weights.pth" "$out/weights.safetensors" --half
  "$emdc" evaluate --list "$out/test/data.list" --weights "$out/weights.safetensors" --baseline all | tee "$out/evaluation.txt"
  echo "$out/weights.safetensors: $((SECONDS - started)) s in all"
}

case "${1:-}" in
  publish) publish "${@:2}" ;;
  run)
    [[ "${2:-}" =~ ^[0-9]+$ ]] || fail "run needs a number of minutes."
    out=${3:-artifacts/run}
    [ "${out#/}" != "$out" ] || [ $# -lt 3 ] || out=$here/$out
    run "$2" "$out" ;;
  *) sed -n '2,5p' "$0" >&2; exit 2 ;;
esac
