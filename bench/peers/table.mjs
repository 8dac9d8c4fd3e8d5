// Reads JSON lines from standard input and prints them as one table: the median over the rounds of each round's median, and the
// smallest time of all.
import fs from 'node:fs';

const rows = new Map();
for (const line of fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const {device, threads, name = device.includes('AVX2') ? 'EMDC.Kernels, AVX2 only' : 'EMDC.Kernels', median_ms, min_ms} = JSON.parse(line);
  const key = `${threads} ${name}`;
  if (!rows.has(key)) rows.set(key, {name, threads, medians: [], smallest: Infinity});
  const row = rows.get(key);
  row.medians.push(median_ms);
  row.smallest = Math.min(row.smallest, min_ms);
}
const median = values => {
  const sorted = [...values].sort((a, b) => a - b), n = sorted.length;
  return (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2;
};
console.log('| | threads | median ms | min ms | ratio of medians to ours |\n|---|---:|---:|---:|---:|');
for (const {name, threads, medians, smallest} of [...rows.values()].sort((a, b) => a.threads - b.threads)) {
  const ours = rows.get(`${threads} EMDC.Kernels`);
  const ratio = ours ? (median(medians) / median(ours.medians)).toFixed(2) : '–';
  console.log(`| ${name} | ${threads} | ${median(medians).toFixed(1)} | ${smallest.toFixed(1)} | ${ratio} |`);
}
