#!/usr/bin/env bash
# Times the network at 192×256 on PyTorch, ONNX Runtime (plain and best graph) and this engine, in turns, and prints one table.
#
#     bench/peers/run.sh [--threads "1 2"] [--rounds 5] [--runs 30] [--size 192x256] [--weights W]
#
# PYTHON names the Python that has PyTorch (default python3). Everything made lies in artifacts.
set -euo pipefail
cd "$(dirname "$0")/../.."

threads="1 2" rounds=5 runs=30 size=192x256 weights=weights/emdc.safetensors
while [ $# -gt 0 ]; do
  case "$1" in
    --threads) threads=$2 ;;
    --rounds) rounds=$2 ;;
    --runs) runs=$2 ;;
    --size) size=$2 ;;
    --weights) weights=$2 ;;
    *) echo "run.sh: unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done

python=${PYTHON:-python3} peers=bench/peers out=artifacts/peers
mkdir -p "$out"
"$python" "$peers/export_onnx.py" "$out" --size "$size" --weights "$weights" >&2
dotnet build -c Release bench/EMDC.Peers >"$out/build.log" 2>&1 || { echo "run.sh: EMDC.Peers does not build (see $out/build.log)." >&2; exit 1; }
other=artifacts/bin/EMDC.Peers/release/EMDC.Peers
ours=1
dotnet build -c Release src/EMDC.Cli >"$out/build.log" 2>&1 || { ours=0; echo "run.sh: EMDC.Cli does not build (see $out/build.log); its row is missing." >&2; }

: >"$out/results.jsonl"
for round in $(seq "$rounds"); do
  for n in $threads; do
    echo "round $round of $rounds, $n thread(s)" >&2
    "$python" "$peers/pytorch.py" --threads "$n" --size "$size" --runs "$runs" --weights "$weights" >>"$out/results.jsonl"
    for graph in plain best; do
      "$other" onnx "$out" "$graph" --threads "$n" --runs "$runs" >>"$out/results.jsonl"
    done
    for width in auto 256; do
      [ "$ours" = 1 ] || break
      if dotnet run -c Release --no-build --project src/EMDC.Cli -- benchmark --raw --size "$size" --threads "$n" --warmup 50 --runs $((3 * runs)) --simd "$width" --json >"$out/ours.json"; then
        tr -d '\n' <"$out/ours.json" >>"$out/results.jsonl"
        echo >>"$out/results.jsonl"
      else
        ours=0
        echo "run.sh: emdc benchmark failed; its row is missing." >&2
      fi
    done
  done
done
"$other" table <"$out/results.jsonl" | tee "$out/table.md"
