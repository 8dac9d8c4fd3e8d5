// Times an ONNX graph on ONNX Runtime's CPU provider, batch 1. Prints one JSON line.
//
//     node onnxruntime.mjs FOLDER GRAPH [--threads 2] [--warmup 5] [--runs 30] [--parallel] [--no-arena] [--no-spinning] [--profile]
//
// FOLDER is what export_onnx.py wrote: GRAPH.onnx, frame.json (shapes, bound), rgb.bin, depth.bin and dense.bin (float32).
import fs from 'node:fs';
import path from 'node:path';
import ort from 'onnxruntime-node';

const values = {threads: 2, warmup: 5, runs: 30};
const switches = new Set();
const names = [];
for (let rest = process.argv.slice(2); rest.length > 0;) {
  const word = rest.shift();
  const name = word.replace(/^--/, '');
  if (name === word) names.push(word);
  else if (name in values) values[name] = Number(rest.shift());
  else switches.add(name);
}
const [folder, graph] = names;
const {threads, warmup, runs} = values;

const about = JSON.parse(fs.readFileSync(path.join(folder, 'frame.json'), 'utf8'));
const floats = name => {
  const bytes = fs.readFileSync(path.join(folder, name));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
};
const {height, width, bound} = about;
const feeds = {
  rgb: new ort.Tensor('float32', floats('rgb.bin'), [1, 3, height, width]),
  depth: new ort.Tensor('float32', floats('depth.bin'), [1, 1, height, width]),
};
const expected = floats('dense.bin');

const session = await ort.InferenceSession.create(path.join(folder, `${graph}.onnx`), {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  executionMode: switches.has('parallel') ? 'parallel' : 'sequential',
  intraOpNumThreads: threads,
  interOpNumThreads: switches.has('parallel') ? threads : 1,
  enableCpuMemArena: !switches.has('no-arena'),
  enableMemPattern: true,
  enableProfiling: switches.has('profile'),
  profileFilePrefix: path.join(folder, graph),
  // subnormal numbers as zero: slow on some processors, and they mean nothing here
  extra: {session: {intra_op: {allow_spinning: switches.has('no-spinning') ? '0' : '1'}, set_denormal_as_zero: '1'}},
});

const difference = result => {
  let worst = 0, largest = 0;
  expected.forEach((value, i) => {
    const d = Math.abs(result[i] - value);
    worst = d <= worst ? worst : d; // a NaN stays
    largest = Math.max(largest, Math.abs(value));
  });
  return worst / largest;
};

const error = difference((await session.run(feeds)).dense.data);
if (!(error < bound)) {
  console.error(`onnxruntime.mjs: ${graph}.onnx differs from PyTorch in float64 by ${error} of the largest depth; ${bound} was allowed.`);
  process.exit(1);
}
for (let i = 0; i < warmup; i++) await session.run(feeds);
const times = [];
for (let i = 0; i < runs; i++) {
  const start = performance.now();
  await session.run(feeds);
  times.push(performance.now() - start);
}
if (switches.has('profile')) session.endProfiling();
times.sort((a, b) => a - b);
const median = (times[(runs - 1) >> 1] + times[runs >> 1]) / 2;
console.log(JSON.stringify({
  name: `ONNX Runtime ${ort.env.versions.node ?? ''} ${graph}`.replace('  ', ' '), threads, height, width,
  median_ms: median, min_ms: times[0], runs, error, options: [...switches],
}));
