#!/usr/bin/env bash
# Samples a second of `emdc train` beside tools/train/train.py, with and without --bfloat16, at the same crops on the same cores, in turns.
#
#     bench/training.sh [ROUNDS] [MINUTES]       default 3 rounds of 2 minutes each
#
# Needs the .NET SDK, python3 with PyTorch (PYTHON names another), and a machine with nothing else to do. Where there is something else,
# the seconds of processor time a sample are to be looked at: they do not count waiting. All start from weights/emdc.safetensors, take
# the crops below, draw them on the same cores and update all weights by AdamW.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-3} minutes=${2:-2} python=${PYTHON:-/usr/bin/python3}
crops=(--sizes 96x128:2,128x192:1,192x256:1 --pixels 98304 --rate 1e-5)
work=artifacts/bench-training
export TIMEFORMAT='%U %S' PYTHONDONTWRITEBYTECODE=1 MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000

dotnet build -c Release -v q --nologo -clp:ErrorsOnly src/EMDC.Cli
emdc=(dotnet artifacts/bin/EMDC.Cli/release/EMDC.Cli.dll train --optimiser adamw)
float32=("$python" tools/train/train.py)
bfloat16=("${float32[@]}" --bfloat16)
programs=(emdc float32 bfloat16)
mkdir -p "$work"
[ -d "$work/shards" ] || dotnet run -c Release --project tools/EMDC.Scenes -- shards --family train --seed 1 --frames 120 --out "$work/shards"
data=(--data "$work/shards" --validate "$work/shards" --validation-frames 1)
for program in "${programs[@]}"; do
  rm -rf "$work/$program"-*
done

# Runs a program so many minutes in a folder of its own; leaves "processor-seconds samples samples-a-second" in $found. The rate is that
# between the first line of the log that has steps and the last one, or of all where there is one line.
measure() {
  local out=$work/$1-$3 cpu
  local -n command=$1
  cpu=$( { time "${command[@]}" "${data[@]}" "${crops[@]}" --init weights/emdc.safetensors --out "$out" --minutes "$2" >"$work/$1.txt" 2>&1; } 2>&1 )
  found=$(awk -F, -v cpu="$cpu" '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["step"] > 0 && !first++ { m = $at["minutes"]; s = $at["samples"] }
    { minutes = $at["minutes"]; samples = $at["samples"] }
    END { split(cpu, t, " "); print t[1] + t[2], samples, (minutes > m) ? (samples - s) / (minutes - m) / 60 : samples / minutes / 60 }' "$out/log.csv")
}

# A short run first: what starting and measuring cost is taken off the processor time of the long ones.
declare -A start
for program in "${programs[@]}"; do
  measure $program "$(awk "BEGIN { print $minutes / 8 }")" start
  start[$program]=$found
done
for (( round = 1; round <= rounds; round++ )); do
  for program in "${programs[@]}"; do
    measure $program "$minutes" "$round"
    awk -v name=$program -v now="$found" -v start="${start[$program]}" 'BEGIN {
      split(now, n, " "); split(start, s, " ")
      printf "%-8s %7.2f samples/s  %7.3f processor seconds a sample  (%d samples)\n", name, n[3], (n[1] - s[1]) / (n[2] - s[2]), n[2]
    }'
  done
done
