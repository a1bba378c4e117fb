// Compares what DevTools' engine and memlab compute from the files of `random_heaps` with our own
// answers beside them: node heapsnapshot.mjs FOLDER
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import memlab from '@memlab/core';
import analysis from '@memlab/heap-analysis';
import { HeapSnapshotManager } from 'chrome-devtools-mcp/build/src/processors/HeapSnapshotManager.js';

const FIELDS = 7;

// Objects of the file, which follow the nodes above them.
class File {
  constructor(folder, stem) {
    this.path = path.join(folder, `${stem}.heapsnapshot`);
    this.raw = JSON.parse(fs.readFileSync(this.path, 'utf8'));
    this.answers = JSON.parse(fs.readFileSync(path.join(folder, `${stem}.json`), 'utf8'));
    this.objects = this.answers.objects;
    this.first = this.raw.snapshot.node_count - this.objects.length;
    const { nodes } = this.raw;
    this.ids = Array.from({ length: nodes.length / FIELDS }, (_, at) => nodes[at * FIELDS + 2]);
    assert.equal(new Set(this.ids).size, this.ids.length, 'ids differ');
  }

  ordinal(object) {
    return this.first + object;
  }

  // What our answers say dominates an object: the ordinal of an object or of a node above; null for
  // a node above that is not a cycle.
  isDominator(ordinal, dominator) {
    if (dominator === null) {
      return ordinal < this.first && !this.cycleAt(ordinal);
    }
    if ('object' in dominator) {
      return ordinal === this.ordinal(dominator.object);
    }
    return this.cycleAt(ordinal) === this.answers.cycles[dominator.cycle];
  }

  // The cycle that a node above the objects stands for.
  cycleAt(ordinal) {
    if (!this.cycles) {
      this.cycles = new Map();
      for (const cycle of this.answers.cycles) {
        this.cycles.set(this.ids[this.ordinal(cycle.members[0])] - 1, cycle);
      }
    }
    return this.cycles.get(this.ids[ordinal]);
  }
}

async function checkDevTools(manager, file) {
  const { proxy } = await manager.getSnapshot(file.path);
  const call = (method, ...values) => proxy.callMethodPromise(method, ...values);
  const statics = await manager.getStaticData(file.path);
  assert.equal(statics.nodeCount, file.raw.snapshot.node_count);
  assert.equal(statics.totalSize, file.answers.total);
  const ordinalOf = new Map(file.ids.map((id, ordinal) => [id, ordinal]));
  for (let ordinal = 0; ordinal < file.first; ordinal++) {
    const info = await call('getObjectInfo', ordinal * FIELDS);
    assert.ok(info.distance >= 0, `${info.name} is reachable`);
    const cycle = file.cycleAt(ordinal);
    if (cycle) {
      assert.equal(info.retainedSize, cycle.retained);
      assert.equal(info.edgeCount, cycle.members.length);
    }
  }
  for (const [at, object] of file.objects.entries()) {
    const index = file.ordinal(at) * FIELDS;
    const info = await call('getObjectInfo', index);
    assert.equal(info.type, 'object');
    assert.equal(info.name, object.type);
    assert.equal(info.selfSize, object.bytes);
    assert.equal(info.retainedSize, object.retained, `retained by ${object.type}`);
    assert.ok(info.distance >= 0, `${object.type} is reachable`);
    const [, next] = await call('getDominatorsOf', index);
    const dominator = next.nodeIndex / FIELDS;
    assert.ok(file.isDominator(dominator, object.dominator), `dominator of ${object.type}`);
    const retainers = await (await proxy.createRetainingEdgesProvider(index)).serializeItemsRange(0, 1e6);
    const owners = retainers.items
      .map((edge) => [ordinalOf.get(edge.node.id) - file.first, edge.name])
      .filter(([owner]) => owner >= 0);
    assert.deepEqual(owners.map(String).sort(), object.strong.map(String).sort());
    const stack = await call('allocationStack', index);
    const frame = stack?.[0];
    const site = frame && `${frame.scriptName}:${frame.line}:${frame.column}`;
    assert.equal(site ?? null, object.site);
  }
  const sites = {};
  for (const top of await call('allocationTracesTops')) {
    if (top.line > 0) {
      const site = (sites[`${top.scriptName}:${top.line}:${top.column}`] ??= [0, 0]);
      site[0] += top.liveCount;
      site[1] += top.liveSize;
    }
  }
  assert.deepEqual(sites, file.answers.sites);
  const expected = {};
  for (const { type, bytes } of file.objects.filter((object) => object.bytes > 0)) {
    const row = (expected[type] ??= [0, 0]);
    row[0] += 1;
    row[1] += bytes;
  }
  const { aggregates } = await manager.getAggregates(file.path);
  const classes = aggregates.map((row) => [row.className, [row.count, row.selfSize]]);
  assert.deepEqual(Object.fromEntries(classes.sort()), Object.fromEntries(Object.entries(expected).sort()));
  await manager.disposeSnapshot(file.path);
}

async function checkMemlab(file) {
  const heap = await analysis.getFullHeapFromFile(file.path);
  assert.equal(heap.nodes.length, file.raw.snapshot.node_count);
  for (const [at, object] of file.objects.entries()) {
    const node = heap.nodes.get(file.ordinal(at));
    assert.equal(node.name, object.type);
    assert.equal(node.self_size, object.bytes);
    assert.equal(node.retainedSize, object.retained, `retained by ${object.type}`);
    const dominator = file.ids.indexOf(node.dominatorNode.id);
    assert.ok(file.isDominator(dominator, object.dominator), `dominator of ${object.type}`);
    const owners = node.referrers
      .filter((edge) => edge.type === 'property')
      .map((edge) => [file.ids.indexOf(edge.fromNode.id) - file.first, edge.name_or_index])
      .filter(([owner]) => owner >= 0);
    assert.deepEqual(owners.map(String).sort(), object.strong.map(String).sort());
    const weak = node.referrers
      .filter((edge) => edge.type === 'weak')
      .map((edge) => [file.ids.indexOf(edge.fromNode.id) - file.first, edge.name_or_index]);
    assert.deepEqual(weak.map(String).sort(), object.weak.map(String).sort());
  }
}

// Compares two files of one process: 40 objects are gone and 30 are new.
async function checkComparison(manager, folder) {
  const [before, after] = ['before', 'after'].map((name) => path.join(folder, `${name}.heapsnapshot`));
  const { classDiffs } = await manager.getClassDiffs(before, after);
  // Values behind pointers of std have new ids in each file.
  const own = classDiffs.filter(({ className }) => className !== 'random_heaps::Plain');
  assert.deepEqual(
    own.map((diff) => [diff.className, diff.addedCount, diff.removedCount]),
    [['random_heaps::Compared', 30, 40]],
  );
}

// Loads a heap of one ring, and returns the seconds that it took.
async function load(manager, folder) {
  const file = path.join(folder, 'large.heapsnapshot');
  const begun = performance.now();
  const { proxy } = await manager.getSnapshot(file);
  const seconds = (performance.now() - begun) / 1000;
  const { aggregates } = await manager.getAggregates(file);
  const [ring] = aggregates.sort((a, b) => b.count - a.count);
  assert.equal(ring.className, 'random_heaps::Plain');
  const leaked = await proxy.callMethodPromise('getObjectInfo', 0);
  assert.ok(leaked.retainedSize >= ring.selfSize);
  await manager.disposeSnapshot(file);
  return `${ring.count} objects in ${seconds.toFixed(1)} s`;
}

const [folder] = process.argv.slice(2);
memlab.config.muteConsole = true;
const manager = new HeapSnapshotManager();
// The engine reports nodes that it cannot reach on the console.
console.warn = (...problem) => assert.fail(problem.join(' '));
const stems = fs.readdirSync(folder).filter((name) => /^\d+\.heapsnapshot$/.test(name));
let objects = 0;
for (const name of stems) {
  const file = new File(folder, path.basename(name, '.heapsnapshot'));
  try {
    await checkDevTools(manager, file);
    await checkMemlab(file);
  } catch (error) {
    error.message = `${name}: ${error.message}`;
    throw error;
  }
  objects += file.objects.length;
}
assert.ok(stems.length > 0 && objects > 0);
console.log(`DevTools and memlab agree with us on ${stems.length} heaps with ${objects} objects`);
await checkComparison(manager, folder);
console.log(`DevTools loads ${await load(manager, folder)}`);
process.exit(0);
