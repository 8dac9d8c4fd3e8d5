#!/usr/bin/env bash
# Samples a second of `emdc train` beside tools/train/train.py --bfloat16, at the same crops on the same cores, in turns.
#
#     bench/training.sh [ROUNDS] [MINUTES]       default 3 rounds of 2 minutes each
#
# Needs the .NET SDK, python3 with PyTorch (PYTHON names another), and a machine with nothing else to do. Where there is something else,
# the seconds of processor time a sample are to be looked at: they do not count waiting. Both start from weights/emdc.safetensors, take
# the crops below, draw them on the same cores and update all weights.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-3} minutes=${2:-2} python=${PYTHON:-/usr/bin/python3}
crops=(--sizes 96x128:2,128x192:1,192x256:1 --pixels 98304 --rate 1e-5)
work=artifacts/bench-training
export TIMEFORMAT='%U %S' PYTHONDONTWRITEBYTECODE=1 MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000

dotnet build -c Release -v q --nologo -clp:ErrorsOnly src/EMDC.Cli
emdc=(dotnet artifacts/bin/EMDC.Cli/release/EMDC.Cli.dll train)
mkdir -p "$work"
[ -d "$work/shards" ] || dotnet run -c Release --project tools/EMDC.Scenes -- shards --family train --seed 1 --frames 120 --out "$work/shards"
data=(--data "$work/shards" --validate "$work/shards" --validation-frames 1)
rm -rf "$work"/cs-* "$work"/py-*

# Samples a second between the first line of the log that has steps and the last one, and processor seconds a sample of the whole process.
line() {
  awk -F, -v name="$1" -v cpu="$3" '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["step"] > 0 && !first++ { m = $at["minutes"]; s = $at["samples"] }
    { minutes = $at["minutes"]; samples = $at["samples"] }
    END {
      split(cpu, t, " ")
      printf "%-28s %8.2f samples/s  %8.3f processor seconds a sample  (%d samples)\n", name,
        minutes > m ? (samples - s) / (minutes - m) / 60 : 0, (t[1] + t[2]) / samples, samples
    }' "$2/log.csv"
}

for (( round = 1; round <= rounds; round++ )); do
  cpu=$( { time "${emdc[@]}" "${data[@]}" "${crops[@]}" --init weights/emdc.safetensors --out "$work/cs-$round" --minutes "$minutes" >"$work/cs.txt" 2>&1; } 2>&1 )
  line "emdc train" "$work/cs-$round" "$cpu"
  cpu=$( { time "$python" tools/train/train.py "${data[@]}" "${crops[@]}" --init weights/emdc.safetensors --out "$work/py-$round" --minutes "$minutes" --bfloat16 >"$work/py.txt" 2>&1; } 2>&1 )
  line "train.py --bfloat16" "$work/py-$round" "$cpu"
done
