#!/usr/bin/env bash
# All that a quarter of an hour on a GPU can prove, measure and train, on a machine that has no .NET and no network.
#
#     bench/gpu.sh prepare              with the .NET SDK: makes artifacts/gpu (about 25 MB, for linux-x64)
#     bench/gpu.sh prove OUT [PARTS]    on the machine with the GPU: proof, times and tiles, 230 s at most
#     bench/gpu.sh train OUT SECONDS    there as well: trains on the frames that were rendered meanwhile, ends by itself
#     bench/gpu.sh rehearse FOLDER      without a GPU: `prove` with all parts and `train` in FOLDER, which gets what would be carried and nothing else
#
# Carry the repository with artifacts/gpu. The GPU machine needs the NVIDIA driver; python3 with a CUDA build of PyTorch for training and for the
# comparison, compute-sanitizer, ncu and ptxas of the CUDA toolkit where there are any. Each step has a limit of its own, and what fails is told
# and passed over. OUT gets at most 8 files of at most 16 MB: prove.log, tiles.json, ncu.csv, tests.xml, logs.tar.xz; train.log, weights-half.pth, log.csv.
#
# PARTS, in this order: devices,frames,benchmark,profile,tests,sanitize,tune,peers,six,large,ncu,cspn,steps,opencl; without it all but the last two.
#   devices    what is here: the driver, its library, nvidia-smi, `emdc devices`
#   frames     three sample frames, all operators validated, the depth compared with the CPU's
#   benchmark  192×256 with CUDA graph and without, both of the bare network; and with what the host does to its result
#   tests      every operator case and the goldens on the device; registers of the kernels meanwhile
#   sanitize   memcheck and racecheck of the CUDA toolkit
#   tune       tiles for 192×256 (TUNE seconds, 55), then the benchmark and the profile once more
#   peers      PyTorch: eager, CUDA graph, torch.compile
#   six large  the funnel of six stages; 480×640
#   ncu cspn   what limits the kernels; the paper's table 3 in PyTorch
#   steps      a step of the training and where its time goes (60 s)
#   opencl     the same kernels through the card's OpenCL driver, where it has one
#
# DEVICE (cuda:0) names another device: DEVICE=opencl:0 is a rehearsal, in which what only CUDA has is passed over and SLOWER (1) stretches the limits:
# a GPU's second is worth so many. `rehearse` sets it to 6 and asks for less: 20 frames a benchmark, a search of 60 s, batches of two samples in float32.
# RUNS (500) are the frames of a benchmark. LIMIT (230) is the time of all parts together. RENDER=1 has `prove` render frames for training meanwhile, which disturbs its times.
# PHOTOS names a folder of photographs for `prepare` to carry for collages. With several GPUs, GPUS=N trains on N of them.
set -u
cd "$(dirname "$0")/.."
gpu=$PWD/artifacts/gpu
device=${DEVICE:-cuda:0}
slower=${SLOWER:-1}
limit=$((${LIMIT:-230} * slower))
runs=${RUNS:-500}
started=$SECONDS
export PYTHONUNBUFFERED=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
# What the driver's compiler says of a kernel that it refuses.
export DOTNET_DebugWriteToStdErr=1
python=${PYTHON:-python3}

fail() { echo "gpu.sh: $*" >&2; exit 1; }

now() { echo $((SECONDS - started)); }

say() { echo "== $(now) s: $*"; }

# try SECONDS COMMAND…: with a limit, and never past that of all; its failure is told, with the last exceptions, and is nobody else's.
try() {
  local most=$(($1 * slower)) begun=$SECONDS rc left=$((limit - $(now))) trace
  shift
  [ $most -le $left ] || most=$left
  [ $most -ge 4 ] || { say "NO TIME LEFT for $*"; return 1; }
  trace=$(mktemp "$run/logs/trace.XXXXXX")
  say "$*"
  EMDC_TRACE=$trace timeout -k 5 "$most" "$@" 2>&1
  rc=$?
  if [ $rc = 0 ]; then
    say "done in $((SECONDS - begun)) s"
  else
    say "FAILED with $rc after $((SECONDS - begun)) of $most s"
    tail -n 60 "$trace"
  fi
  return $rc
}

# also NAME SECONDS COMMAND…: the same in the background, into $run/logs/NAME.log; `gather` waits for all of them and prints the last LINES.
also() {
  local name=$1
  shift
  try "$@" >"$run/logs/$name.log" 2>&1 &
  beside+=("$name:$!")
}

gather() {
  local job
  for job in "${beside[@]}"; do
    wait "${job#*:}"
    say "${job%%:*}, the last of logs/${job%%:*}.log:"
    grep -vE '\[(STARTING|FINISHED|SKIP)\]|^ *Only .* is tested' "$run/logs/${job%%:*}.log" | tail -n "${1:-30}"
  done
  beside=()
}

prepare() {
  set -e
  rm -rf "$gpu"
  mkdir -p "$gpu/all"
  # Not trimmed: ILGPU finds its intrinsics and reads the kernels' IL by reflection, which the trimmer cannot follow. Program and tests
  # share one folder and so one runtime, and the renderer with them.
  for project in src/EMDC.Cli tests/EMDC.Kernels.Tests tools/EMDC.Scenes; do
    dotnet publish "$project" -c Release -r linux-x64 -p:PublishAot=false --self-contained -p:PublishTrimmed=false \
      -p:DebugType=embedded -p:PublishDocumentationFiles=false -o "$gpu/all" --nologo -v quiet
  done
  slim
  if [ -n "${PHOTOS:-}" ]; then
    cp -r "$PHOTOS" "$gpu/photos"
  fi
  du -sh "$gpu" "$gpu"/*
}

# Takes out what no program here loads, of the files and of the lists in which the host looks for them.
slim() (
  cd "$gpu/all"
  rm -rf weights StandIn ./*.xml ./*.dbg ./*.pdb createdump libmscordaccore.so libmscordbi.so libclrgc.so libclrgcexp.so libcoreclrtraceptprovider.so \
    System.Private.DataContractSerialization.dll System.Data.*.dll Microsoft.VisualBasic*.dll System.Net.{Http,HttpListener,Mail,Quic,Requests,WebSockets,WebSockets.Client,WebClient,Ping}.dll \
    System.Transactions*.dll System.Threading.Tasks.Dataflow.dll System.Formats.{Tar,Asn1}.dll System.ServiceModel.Web.dll System.IO.Compression.Brotli.dll WindowsBase.dll
  "$python" -c '
import json, os, sys
for path in sys.argv[1:]:
    with open(path) as file:
        deps = json.load(file)
    for library in (library for target in deps["targets"].values() for library in target.values()):
        for kind in ("runtime", "native"):
            library[kind] = {name: v for name, v in library.get(kind, {}).items() if os.path.exists(os.path.basename(name))}
    with open(path, "w") as file:
        json.dump(deps, file)' ./*.deps.json
  cd ..
  tar -c all | xz -6 -T0 > emdc.tar.xz
  rm -rf all
)

unpack() {
  run=$PWD/artifacts/gpu-run
  mkdir -p "$run/lib" "$run/logs" "$out"
  [ -e "$gpu/emdc.tar.xz" ] || fail "there is no $gpu/emdc.tar.xz; bench/gpu.sh prepare makes it."
  # A later call may bring another file.
  local sum
  sum=$(cksum < "$gpu/emdc.tar.xz")
  if [ "$sum" != "$(cat "$run/unpacked" 2>/dev/null)" ]; then
    rm -rf "$run/all"
    tar -C "$run" -xJf "$gpu/emdc.tar.xz" || "$python" -m tarfile -e "$gpu/emdc.tar.xz" "$run" || fail "$gpu/emdc.tar.xz cannot be unpacked."
    echo "$sum" > "$run/unpacked"
  fi
  export EMDC_TILES=$run/tiles.json
  emdc=$run/all/EMDC.Cli
  scenes=$run/all/EMDC.Scenes
  weights=(--weights weights/emdc.safetensors)
  # The exact bits that a file holds matter here, so no other table of tiles and no other program cache is read.
  export EMDC_PROGRAM_CACHE=$run/programs
  mkdir -p "$run/programs"
  export run
  beside=()
  find_driver
}

# Where the loader does not know libcuda.so.1 itself, the first one of the usual places; those of the toolkit's compatibility package last.
find_driver() {
  local known found
  known=$({ ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | awk '/libcuda\.so\.1 /{ print $NF; exit }')
  found=$(ls -d /usr/lib/x86_64-linux-gnu/libcuda.so.1 /usr/lib64/libcuda.so.1 /usr/local/nvidia/lib64/libcuda.so.1 /usr/lib/wsl/lib/libcuda.so.1 /usr/local/nvidia/lib/libcuda.so.1 \
    /opt/nvidia/lib64/libcuda.so.1 /run/nvidia/driver/usr/lib/x86_64-linux-gnu/libcuda.so.1 /usr/local/cuda*/compat/libcuda.so.1 2>/dev/null | tr '\n' ' ')
  echo "libcuda.so.1: the loader knows ${known:-none}; found ${found:-none}"
  if [ -z "$known" ] && [ -n "$found" ]; then
    ln -sf "${found%% *}" "$run/lib/libcuda.so.1"
    export LD_LIBRARY_PATH=$run/lib:${LD_LIBRARY_PATH:-}
  fi
}

keep() {
  cp -f "$run/tiles.json" "$run/ncu.csv" "$run/tests.xml" "$out"/ 2>/dev/null
  tar -C "$run" -cJf "$out/logs.tar.xz" logs
  ls -l "$out"
}

# benchmark NAME=VALUE… OPTION…
benchmark() { try 25 env "$@" --device "$device" --warmup "$((runs / 5))" --runs "$runs" --json; }

prove() {
  local part
  unpack
  [ -z "${RENDER:-}" ] || render
  local begun
  for part in ${1//,/ }; do
    begun=$SECONDS
    "prove_$part" || true
    say "PART $part: $((SECONDS - begun)) s"
  done
  keep
  say "all done"
}

prove_devices() {
  try 10 uname -a
  try 10 sh -c 'nproc; free -g | head -2; df -h . | tail -1; ls -d /usr/local/cuda*; for tool in nvcc ptxas ncu compute-sanitizer gcc; do command -v $tool || echo "no $tool"; done'
  if [ "${device%%:*}" = cuda ]; then
    try 10 nvidia-smi
    # What the driver itself says, without ILGPU.
    try 15 "$python" -c '
import ctypes
cuda = ctypes.CDLL("libcuda.so.1")
value, name, number = ctypes.c_int(), ctypes.create_string_buffer(100), ctypes.c_int()
print("cuInit", cuda.cuInit(0), "cuDriverGetVersion", cuda.cuDriverGetVersion(ctypes.byref(value)), value.value)
print("cuDeviceGetCount", cuda.cuDeviceGetCount(ctypes.byref(number)), number.value)
for i in range(number.value):
    cuda.cuDeviceGetName(name, 100, i)
    limits = []
    for which in (75, 76, 16, 8, 97, 81, 1):
        cuda.cuDeviceGetAttribute(ctypes.byref(value), which, i)
        limits.append(value.value)
    print(i, name.value.decode(), "capability %d.%d, %d multiprocessors, %d bytes of shared memory a group, %d on request, %d on a multiprocessor, %d threads" % tuple(limits))'
  fi
  try 20 "$emdc" devices
}

prove_frames() {
  local frame
  for frame in desk corridor livingroom; do
    also "$frame-cpu" 40 "$emdc" complete "${weights[@]}" --device cpu --rgb "tests/frames/${frame}_rgb.png" --depth "tests/frames/${frame}_sparse.exr" --output "$run/$frame-cpu.pfm"
    also "$frame-gpu" 40 "$emdc" complete "${weights[@]}" --device "$device" --validate --rgb "tests/frames/${frame}_rgb.png" \
      --depth "tests/frames/${frame}_sparse.exr" --output "$run/$frame-gpu.pfm"
  done
  gather 40
  for frame in desk corridor livingroom; do
    try 10 "$python" bench/peers/compare.py "$run/$frame-gpu.pfm" "$run/$frame-cpu.pfm"
  done
  # Where nothing can be compiled for the card, older PTX is the next thing to try, and all other parts then have it, too.
  if [ "${device%%:*}" = cuda ] && [ ! -e "$run/desk-gpu.pfm" ]; then
    export EMDC_CUDA_ISA=7.8
    try 30 "$emdc" complete "${weights[@]}" --device "$device" --validate --rgb tests/frames/desk_rgb.png --depth tests/frames/desk_sparse.exr --output "$run/desk-gpu.pfm" || unset EMDC_CUDA_ISA
  fi
}

prove_benchmark() {
  benchmark EMDC_CUDA_GRAPH=1 "$emdc" benchmark "${weights[@]}" --raw
  [ "${device%%:*}" != cuda ] || benchmark EMDC_CUDA_GRAPH=0 "$emdc" benchmark "${weights[@]}" --raw
  benchmark EMDC_CUDA_GRAPH=1 "$emdc" benchmark "${weights[@]}"
}

prove_profile() { try 20 "$emdc" profile "${weights[@]}" --device "$device" --warmup "$((runs / 25 + 1))" --runs "$((runs / 10))" --by layer; }

# Nothing is timed here, so all of it runs at once.
prove_tests() {
  also operators 90 env EMDC_TEST_DEVICE="$device" "$run/all/EMDC.Kernels.Tests" -noColor -reporter verbose -class "*OperatorTests" -result-xml "$run/tests.xml"
  also network 90 env EMDC_TEST_DEVICE="$device" "$run/all/EMDC.Kernels.Tests" -noColor -reporter verbose -class "*NetworkTests"
  also registers 60 bash -c registers
  gather 25
}

prove_sanitize() {
  local tool
  if [ "${device%%:*}" != cuda ] || ! command -v compute-sanitizer >/dev/null; then
    say "compute-sanitizer: not for $device or not here"
    return 0
  fi
  for tool in memcheck racecheck; do
    also "$tool" 75 env EMDC_CUDA_GRAPH=0 compute-sanitizer --target-processes all --tool "$tool" "$emdc" benchmark "${weights[@]}" --device "$device" --size 64x96 --warmup 1 --runs 1
  done
  gather 12
}

# What the toolkit's compiler makes of each kernel's PTX: registers, spills, shared memory.
registers() {
  local ptx
  EMDC_PTX=$run/ptx "$run/all/EMDC.Kernels.Tests" -noColor -class "*PtxTests" | tail -n 3
  command -v ptxas >/dev/null || { echo "no ptxas"; return; }
  for ptx in "$run"/ptx/*.ptx; do
    echo "$(basename "$ptx" .ptx): $(ptxas -arch=sm_90 -v -o /dev/null "$ptx" 2>&1 | grep -E 'registers|spill|error' | sed 's/ptxas info *: //' | tr '\n' ' ')"
  done
}

export -f registers

prove_tune() {
  try 75 "$emdc" tune "${weights[@]}" --device "$device" --size 192x256 --seconds "$((${TUNE:-55} * slower))"
  cp -f "$run/tiles.json" "$out"/ 2>/dev/null
  prove_benchmark
  prove_profile
}

prove_peers() {
  [ "${device%%:*}" = cuda ] || return 0
  (cd bench/peers && try 75 "$python" pytorch_cuda.py --runs 100 --seconds "${PEERS:-45}")
}

# The paper's table 3: the funnel of six stages beside that of nine.
prove_six() {
  try 25 "$python" bench/peers/six_stages.py "$run/six.safetensors"
  benchmark EMDC_CUDA_GRAPH=1 "$emdc" benchmark --weights "$run/six.safetensors" --raw
}

prove_large() { benchmark EMDC_CUDA_GRAPH=1 "$emdc" benchmark "${weights[@]}" --size 480x640 --raw; }

# The third frame, without a graph: the first loads modules.
prove_ncu() {
  [ "${device%%:*}" = cuda ] && command -v ncu >/dev/null || { say "ncu: not for $device or not here"; return 0; }
  EMDC_CUDA_GRAPH=0 try 45 ncu --target-processes all --clock-control none --csv --log-file "$run/ncu.csv" --launch-skip 138 --launch-count 69 --section LaunchStats --section Occupancy \
    --section SpeedOfLight "$emdc" benchmark "${weights[@]}" --device "$device" --warmup 1 --runs 3
  tail -n 2 "$run/ncu.csv"
}

# Table 3's other row: PyTorch with CSPN in place of the funnel.
prove_cspn() {
  [ "${device%%:*}" = cuda ] || return 0
  (cd bench/peers && try 25 "$python" cspn_cuda.py --runs 50)
}

prove_opencl() {
  try 25 "$emdc" complete "${weights[@]}" --device opencl:0 --validate --rgb tests/frames/desk_rgb.png --depth tests/frames/desk_sparse.exr --output "$run/desk-opencl.pfm"
  try 25 "$emdc" benchmark "${weights[@]}" --device opencl:0 --warmup "$((runs / 10))" --runs "$((runs * 2 / 5))" --json
}

# Samples are rendered and drawn on all processors but two as long as anything runs here: rooms, and with photographs rooms papered with
# them and collages. The trainer takes each shard as it is finished, and deletes it; in memory, because a disk may be too slow.
render() {
  local all=$(($(nproc) > 2 ? $(nproc) - 2 : 1)) third free
  third=$(((all + 2) / 3))
  data=$run/data
  free=$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1)
  [ "${free:-0}" -lt 20000000 ] || data=/dev/shm/emdc
  [ ! -d "$data/samples" ] || return 0
  mkdir -p "$data/samples"
  "$scenes" shards --family test --seed 55 --frames "${CHECKED:-48}" --per-shard "${CHECKED:-48}" --out "$data/validate" >"$run/logs/scenes-validate.log" 2>&1
  if [ -d "$gpu/photos" ]; then
    samples rooms "$((all - third - all / 4))" --family train --seed "40${SEED:-1}" --size 192x256 --own-spots 0.4 --flatten 0.3
    samples papered "$((all / 4))" --family train --photos "$gpu/photos" --seed "41${SEED:-1}" --size 240x320 --own-spots 0.25 --flatten 0.45
    samples collages "$third" --family collage --photos "$gpu/photos" --seed "42${SEED:-1}" --size 240x320
  else
    samples rooms "$all" --family train --seed "40${SEED:-1}" --size 192x256 --own-spots 0.3
  fi
}

# samples NAME THREADS OPTION…
samples() {
  local name=$1 threads=$(($2 > 0 ? $2 : 1))
  shift 2
  setsid nice -n 10 "$scenes" shards "$@" --threads "$threads" --samples 5 --frames "${FRAMES:-40000}" --per-shard "${PER_SHARD:-100}" --out "$data/samples/$name" \
    >"$run/logs/scenes-$name.log" 2>&1 </dev/null &
  echo $! >>"$run/renderers"
}

# Ends those that render, also if an earlier call started them.
rendered() {
  local pid
  while read -r pid; do
    ! grep -q "$scenes" "/proc/$pid/cmdline" 2>/dev/null || kill "$pid"
  done <"$run/renderers"
  rm -f "$run/renderers"
  sleep 0.5
  tail -qn 1 "$run"/logs/scenes-*.log
  rm -rf "$data/samples" "$data/validate"
}

# For `prove`: what a step of the training takes, and where its time goes.
prove_steps() {
  render
  trainer "$python"
  try 60 "${trainer[@]}" --profile --minutes 0.3 --init weights/emdc.safetensors --pixels "$((${BATCH:-64} * 192 * 256))" --out "$data/steps" --log-every 10
  rendered
}

# trainer COMMAND…: sets `trainer` to what trains with it. PRECISION=float32 is for processors that do not multiply bfloat16.
trainer() {
  local precision=(--bfloat16)
  [ "${PRECISION:-}" != float32 ] || precision=()
  trainer=("$@" tools/train/train.py --data "$data/samples" --validate "$data/validate" --validation-frames "${CHECKED:-48}"
    --consume --packed "${precision[@]}" --half --rate "${RATE:-6e-4}")
}

train() {
  unpack
  local end=$(($(date +%s) + $1)) weights=weights/emdc.safetensors
  render
  if [ "${GPUS:-1}" = 1 ]; then trainer "$python"; else trainer torchrun --nproc_per_node "$GPUS"; fi
  # shellcheck disable=SC2086
  until attempt --init "$weights" --pixels "$((${BATCH:-64} * 192 * 256))" --save-every 1 --log-every 25 --end-at "$((end - 10))" --out "$data/train" ${TRAIN:-} || [ "$(date +%s)" -gt $((end - 40)) ]; do
    [ ! -e "$out/weights-half.pth" ] || weights=$out/weights-half.pth
    TRAIN=${TRAIN//--graph/}  # what failed once is not tried again
  done
  rendered
  ls -l "$out"
}

# attempt OPTION…: a training that is ended, with failure, when it has told nothing for too long; the weights so far are always in $out.
# Before the first line it compiles, which takes half a minute; with --graph it computes the step four times more and records it.
attempt() {
  local pid told most first=90 begun=$SECONDS
  case " $* " in *" --graph "*) first=180 ;; esac
  say "the training may take $((first * slower)) s until it first tells where it stands, then $((60 * slower)) s from line to line"
  rm -f "$data/train/log.csv"
  "${trainer[@]}" "$@" &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 2
    bring
    most=$((60 * slower))
    told=$(stat -c %Y "$data/train/log.csv" 2>/dev/null) || { told=$(($(date +%s) - (SECONDS - begun))) most=$((first * slower)); }
    if [ $(($(date +%s) - told)) -gt $most ]; then
      say "FAILED: the training has told nothing for $most s"
      kill -9 "$pid"
    fi
  done
  bring
  wait "$pid"
}

# rehearse FOLDER: nothing of this checkout is used but what is copied.
rehearse() {
  local to=$1 all=devices,frames,benchmark,profile,tests,sanitize,tune,peers,six,large,ncu,cspn,steps,opencl rc=0
  [ -z "$(ls -A "$to" 2>/dev/null)" ] || fail "$to is not empty, but a rehearsal starts from nothing."
  [ -e "$gpu/emdc.tar.xz" ] || fail "there is no $gpu/emdc.tar.xz; bench/gpu.sh prepare makes it."
  mkdir -p "$to"
  git ls-files -z | tar -c --null -T - | tar -x -C "$to"
  mkdir -p "$to/artifacts"
  cp -r "$gpu" "$to/artifacts"
  cd "$to" || fail "there is no $to."
  echo "carried: $(du -sh . | cut -f 1)"
  export DEVICE=${DEVICE:-opencl:0} SLOWER=${SLOWER:-6} RUNS=${RUNS:-20} TUNE=${TUNE:-10} CHECKED=${CHECKED:-2} BATCH=${BATCH:-2} PER_SHARD=${PER_SHARD:-4}
  export TRAIN=${TRAIN:---log-every 2} PRECISION=${PRECISION:-float32}
  bench/gpu.sh prove out "${PARTS:-$all}" || rc=1
  bench/gpu.sh train out "${SECONDS_OF_TRAINING:-150}" || rc=1
  echo "a GPU's second is worth $SLOWER s here"
  grep -hE '^== .* s: (PART|all done|NO TIME LEFT|FAILED)' out/prove.log out/train.log
  ! grep -qE '^== .* s: (NO TIME LEFT|FAILED)' out/prove.log out/train.log || rc=1
  [ -e out/weights-half.pth ] || { echo "no weights came of the training" >&2; rc=1; }
  return $rc
}

bring() {
  cp -fu "$data/train/weights.pth" "$out/weights-half.pth"
  cp -fu "$data/train/log.csv" "$data/train/log.png" "$out"/
} 2>/dev/null

case "${1:-}" in
  prepare) prepare ;;
  prove)
    out=$(realpath -m "${2:?prove needs a folder for its results}")
    mkdir -p "$out"
    prove "${3:-devices,frames,benchmark,profile,tests,sanitize,tune,peers,six,large,ncu,cspn}" 2>&1 | tee "$out/prove.log" ;;
  train)
    out=$(realpath -m "${2:?train needs a folder for its results}")
    mkdir -p "$out"
    [[ "${3:-}" =~ ^[0-9]+$ ]] || fail "train needs a number of seconds."
    train "$3" 2>&1 | tee "$out/train.log" ;;
  rehearse) rehearse "$(realpath -m "${2:?rehearse needs an empty folder}")" ;;
  *) sed -n '2,7p' "$0" >&2; exit 2 ;;
esac
