#!/usr/bin/env bash
# All that a quarter of an hour on a GPU can prove, measure and train, on a machine that has no .NET and no network.
#
#     bench/gpu.sh prepare              with the .NET SDK and a C linker: makes artifacts/gpu (about 40 MB, for linux-x64)
#     bench/gpu.sh prove OUT            on the machine with the GPU: proof, times and tiles, 240 s at most
#     bench/gpu.sh train OUT SECONDS    there as well: trains on the frames that were rendered meanwhile, ends by itself
#
# Carry the repository with artifacts/gpu. The GPU machine needs the NVIDIA driver; python3 with a CUDA build of PyTorch for training and for the
# comparison, compute-sanitizer and ncu of the CUDA toolkit where there are any. Each step has a limit of its own, and what fails is told
# and passed over. OUT gets at most 8 files of at most 16 MB: prove.log, tiles.json, ncu.csv, tests.xml; train.log, weights-half.pth, log.csv.
#
# DEVICE (cuda:0) names another device: DEVICE=opencl:0 is a rehearsal, in which what only CUDA has is passed over and SLOWER (1) stretches the limits.
# PHOTOS names a folder of photographs for `prepare` to carry for collages. With several GPUs, GPUS=N trains on N of them.
set -u
cd "$(dirname "$0")/.."
gpu=$PWD/artifacts/gpu
device=${DEVICE:-cuda:0}
slower=${SLOWER:-1}
started=$SECONDS
export PYTHONUNBUFFERED=1
python=${PYTHON:-python3}

fail() { echo "gpu.sh: $*" >&2; exit 1; }

say() { echo "== $((SECONDS - started)) s: $*"; }

# try SECONDS COMMAND…: with a limit; its failure is told and is nobody else's.
try() {
  local limit=$(($1 * slower)) begun=$SECONDS rc
  shift
  say "$*"
  timeout -k 5 "$limit" "$@" 2>&1
  rc=$?
  [ $rc = 0 ] && say "done in $((SECONDS - begun)) s" || say "FAILED with $rc after $((SECONDS - begun)) of $limit s"
  return 0
}

prepare() {
  set -e
  rm -rf "$gpu"
  mkdir -p "$gpu/all"
  # Not trimmed: ILGPU finds its intrinsics and reads the kernels' IL by reflection, which the trimmer cannot follow. Program and tests
  # share one folder and so one runtime.
  for project in src/EMDC.Cli tests/EMDC.Kernels.Tests; do
    dotnet publish "$project" -c Release -r linux-x64 -p:PublishAot=false --self-contained -p:PublishTrimmed=false \
      -p:DebugType=embedded -p:PublishDocumentationFiles=false -o "$gpu/all" --nologo -v quiet
  done
  rm -rf "$gpu/all/weights" "$gpu/all"/*.xml "$gpu/all"/*.dbg
  tar -C "$gpu" -c all | xz -6 -T0 > "$gpu/emdc.tar.xz"
  rm -rf "$gpu/all"
  dotnet publish tools/EMDC.Scenes -c Release -r linux-x64 -o "$gpu/scenes" --nologo -v quiet
  if [ -n "${PHOTOS:-}" ]; then
    cp -r "$PHOTOS" "$gpu/photos"
  fi
  du -sh "$gpu" "$gpu"/*
}

unpack() {
  run=$PWD/artifacts/gpu-run
  mkdir -p "$run/lib" "$out"
  [ -e "$gpu/emdc.tar.xz" ] || fail "there is no $gpu/emdc.tar.xz; bench/gpu.sh prepare makes it."
  [ -d "$run/all" ] || "$python" -m tarfile -e "$gpu/emdc.tar.xz" "$run" || fail "$gpu/emdc.tar.xz cannot be unpacked."
  # ILGPU binds libcuda.so, which only development packages have beside libcuda.so.1.
  local cuda
  cuda=$(ldconfig -p 2>/dev/null | awk '/libcuda\.so\.1 /{ print $NF; exit }')
  [ -z "$cuda" ] || ln -sf "$cuda" "$run/lib/libcuda.so"
  export LD_LIBRARY_PATH=$run/lib:${LD_LIBRARY_PATH:-} EMDC_TILES=$run/tiles.json
  emdc=$run/all/EMDC.Cli
  weights=(--weights weights/emdc.safetensors)
  # The exact bits that a file holds matter here, so no other table of tiles and no other program cache is read.
  export EMDC_PROGRAM_CACHE=$run/programs
  mkdir -p "$run/programs"
}

keep() { cp -f "$run/tiles.json" "$run/ncu.csv" "$run/tests.xml" "$out"/ 2>/dev/null; ls -l "$out"; }

prove() {
  unpack
  render
  [ "${device%%:*}" != cuda ] || try 10 nvidia-smi
  try 20 "$emdc" devices
  for frame in desk corridor livingroom; do
    try 30 "$emdc" complete "${weights[@]}" --device "$device" --validate --rgb "tests/frames/${frame}_rgb.png" \
      --depth "tests/frames/${frame}_sparse.exr" --output "$run/$frame-gpu.pfm"
    try 20 "$emdc" complete "${weights[@]}" --device cpu --rgb "tests/frames/${frame}_rgb.png" --depth "tests/frames/${frame}_sparse.exr" --output "$run/$frame-cpu.pfm"
    try 10 "$python" bench/peers/compare.py "$run/$frame-gpu.pfm" "$run/$frame-cpu.pfm"
  done
  # Rows of devices that are not there are skipped and counted.
  try 60 "$run/all/EMDC.Kernels.Tests" -noColor -class "*OperatorTests" -class "*NetworkTests" -result-xml "$run/tests.xml"
  if [ "${device%%:*}" = cuda ] && command -v compute-sanitizer >/dev/null; then
    for tool in memcheck racecheck; do
      try 30 compute-sanitizer --target-processes all --tool "$tool" "$emdc" benchmark "${weights[@]}" --device "$device" --size 64x96 --warmup 1 --runs 1
    done
  else
    say "compute-sanitizer: not for $device or not here"
  fi
  try 25 "$emdc" benchmark "${weights[@]}" --device "$device" --warmup 100 --runs 500 --json
  try 70 "$emdc" tune "${weights[@]}" --device "$device" --size 192x256
  for size in 192x256 480x640; do
    try 25 "$emdc" benchmark "${weights[@]}" --device "$device" --size "$size" --warmup 100 --runs 500 --json
  done
  # The paper's table 3: the funnel of six stages beside that of nine.
  try 10 "$python" bench/peers/six_stages.py "$run/six.safetensors"
  try 25 "$emdc" benchmark --weights "$run/six.safetensors" --device "$device" --warmup 100 --runs 500 --json
  try 20 "$emdc" profile "${weights[@]}" --device "$device" --warmup 20 --runs 100 --by layer
  keep
  if [ "${device%%:*}" = cuda ]; then
    if command -v ncu >/dev/null; then
      # The third frame: the first loads modules, the second is recorded.
      say "ncu, the third frame"
      timeout -k 5 50 ncu --clock-control none --csv --launch-skip 138 --launch-count 69 --section LaunchStats --section Occupancy --section SpeedOfLight \
        "$emdc" benchmark "${weights[@]}" --device "$device" --warmup 1 --runs 3 > "$run/ncu.csv" 2>"$run/ncu.err" || { say "FAILED"; tail -3 "$run/ncu.err"; }
    fi
    (cd bench/peers && try 75 "$python" pytorch_cuda.py --runs 100 --seconds 55)
    # Table 3's other row: PyTorch with CSPN in place of the funnel.
    (cd bench/peers && try 25 "$python" cspn_cuda.py --runs 50)
  fi
  keep
}

# Frames are made as soon as there is a GPU machine, on all processors but four, and go on while the first part proves and measures.
render() {
  local cores photos=() family
  cores=$(nproc)
  [ ! -d "$gpu/photos" ] || photos=(--photos "$gpu/photos")
  for family in train ${photos:+collage}; do
    [ -d "$run/shards/$family" ] || setsid nice -n 10 taskset -c "$((cores > 4 ? 4 : 0))-$((cores - 1))" "$gpu/scenes/EMDC.Scenes" shards --family "$family" \
      --seed 101 --frames "${FRAMES:-60000}" --draws 1 --per-shard "${PER_SHARD:-250}" --size 192x256 "${photos[@]}" --out "$run/shards/$family" \
      >"$run/scenes-$family.log" 2>&1 </dev/null &
  done
}

train() {
  unpack
  local end=$(($(date +%s) + $1)) first=${FIRST:-20} command=("$python") options=(--on-device --packed)
  render
  # Until there are enough shards to begin with, or a quarter of the time has passed.
  while [ "$(find "$run/shards" -name spots.npy -not -path '*.partial/*' 2>/dev/null | wc -l)" -lt "$first" ] && [ "$(date +%s)" -lt $((end - $1 * 3 / 4)) ]; do
    sleep 1
  done
  pkill -f "$gpu/scenes/EMDC.Scenes" && sleep 1
  tail -qn 1 "$run"/scenes-*.log
  if [ "${GPUS:-1}" != 1 ]; then
    command=(torchrun --nproc_per_node "$GPUS")
    options=(--on-device)
  fi
  "${command[@]}" tools/train/train.py --data "$run/shards" --validate "$run/shards" --validation-frames 16 --out "$run/train" --end-at "$((end - 5))" \
    --init weights/emdc.safetensors --pixels "$((${BATCH:-64} * 192 * 256))" --rate "${RATE:-4e-4}" --bfloat16 --half "${options[@]}"
  cp -f "$run/train/weights.pth" "$out/weights-half.pth"
  cp -f "$run/train/log.csv" "$out"/
  ls -l "$out"
}

case "${1:-}" in
  prepare) prepare ;;
  prove)
    out=$(realpath -m "${2:?prove needs a folder for its results}")
    mkdir -p "$out"
    prove 2>&1 | tee "$out/prove.log" ;;
  train)
    out=$(realpath -m "${2:?train needs a folder for its results}")
    mkdir -p "$out"
    [[ "${3:-}" =~ ^[0-9]+$ ]] || fail "train needs a number of seconds."
    train "$3" 2>&1 | tee "$out/train.log" ;;
  *) sed -n '2,8p' "$0" >&2; exit 2 ;;
esac
