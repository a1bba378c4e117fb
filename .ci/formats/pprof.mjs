// Compares what Go's pprof and pprof-format read from the profiles of `random_heaps` with our own
// answers beside them: node pprof.mjs FOLDER
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { Profile } from 'pprof-format';

const TYPES = ['inuse_objects', 'inuse_space', 'leaked_objects', 'leaked_space'];

const go = (...values) =>
  execFileSync('go', ['tool', 'pprof', ...values], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const add = (map, key, values) => {
  const sum = map.get(key) ?? [0, 0, 0, 0];
  map.set(key, sum.map((value, at) => value + values[at]));
};

const sorted = (map) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

// What an object adds to each sample type.
const valuesOf = ({ bytes, leaked }) => [1, bytes, Number(leaked), leaked ? bytes : 0];

// The samples by frames, the leaf first, and labels, as pprof-format reads them.
function samples(file) {
  const profile = Profile.decode(zlib.gunzipSync(fs.readFileSync(file)));
  const text = (index) => profile.stringTable.strings[Number(index)];
  const functions = new Map(profile.function.map((of) => [of.id, text(of.name)]));
  const locations = new Map(profile.location.map((at) => [at.id, functions.get(at.line[0].functionId)]));
  assert.deepEqual(profile.sampleType.map((of) => text(of.type)), TYPES);
  const read = new Map();
  for (const { locationId, value, label } of profile.sample) {
    const frames = locationId.map((id) => locations.get(id));
    const labels = label.map(({ key, str, num }) => `${text(key)}:[${Number(str) ? text(str) : num}]`);
    add(read, JSON.stringify([frames, labels.sort()]), value.map(Number));
  }
  return read;
}

// The same, as Go's pprof prints them.
function samplesOfGo(file) {
  const [, rows, frames] = go('-raw', file).split(/^Samples:$|^Locations$|^Mappings$/m);
  const locations = new Map();
  for (const line of frames.trim().split('\n')) {
    const [, id, frame] = line.match(/^\s*(\d+): 0x0 (?:M=\d+ )?(.*)$/);
    locations.set(id, frame.replace(/ \S*:\d+(:\d+)? s=\d+(\(\))?$/, ''));
  }
  const read = new Map();
  for (const [, values, ids, labels] of rows.matchAll(/^((?: +\d+)+): ([\d ]+?) *\n(?: {4,}(\S.*)\n)?/gm)) {
    const stack = ids.split(' ').map((id) => locations.get(id));
    const found = (labels ?? '').match(/\w+:\[[^\]]*\]/g) ?? [];
    add(read, JSON.stringify([stack, found.sort()]), values.trim().split(/ +/).map(Number));
  }
  return read;
}

const byLeaf = (read) => {
  const sums = new Map();
  for (const [key, values] of read) add(sums, JSON.parse(key)[0][0], values);
  return sorted(sums);
};

const [folder] = process.argv.slice(2);
const stems = fs.readdirSync(folder).filter((name) => /^\d+\.pb\.gz$/.test(name));
assert.ok(stems.length > 0);
for (const name of stems) {
  const stem = path.join(folder, name.replace('.pb.gz', ''));
  const { objects } = JSON.parse(fs.readFileSync(`${stem}.json`, 'utf8'));
  const expected = new Map();
  const types = new Map();
  for (const object of objects) {
    const frames = [object.type, object.site ?? '(no creation site)'];
    const labels = [`type:[${object.type}]`];
    if (object.thread !== null) labels.push(`thread:[${object.thread}]`);
    if (object.scope !== 0) labels.push(`scope:[${object.scope}]`);
    add(expected, JSON.stringify([frames, labels.sort()]), valuesOf(object));
    add(types, object.type, valuesOf(object));
  }
  assert.deepEqual(sorted(samples(`${stem}.pb.gz`)), sorted(expected), name);
  assert.deepEqual(sorted(samplesOfGo(`${stem}.pb.gz`)), sorted(expected), name);
  const chains = `${stem}.chains.pb.gz`;
  assert.deepEqual(sorted(samplesOfGo(chains)), sorted(samples(chains)), chains);
  assert.deepEqual(byLeaf(samples(chains)), sorted(types), chains);
  for (const [key, [, , leaked]] of samples(chains)) {
    assert.equal(JSON.parse(key)[0].at(-1) === '(leaked)', leaked > 0, key);
  }
  // The report that people read, of the type that leaks most.
  const [[type, [, , most]]] = [...types].sort(([, a], [, b]) => b[2] - a[2]);
  const top = go('-top', '-sample_index=leaked_objects', '-nodefraction=0', `${stem}.pb.gz`);
  const row = top.split('\n').find((line) => line.endsWith(` ${type}`));
  assert.equal(row === undefined ? 0 : Number(row.trim().split(/ +/)[0]), most, top);
}
console.log(`Go's pprof and pprof-format agree with us on ${stems.length} heaps`);
