// Makes one HTML file of the program, its style and its libraries. It needs no other file.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.join(here, "../objgraph-analysis/assets");

const options = { bundle: true, minify: true, write: false, absWorkingDir: here, metafile: true };
const program = await build({
  ...options,
  entryPoints: ["src/main.ts"],
  format: "iife",
  target: "es2022",
  charset: "ascii",
  legalComments: "none",
});
const style = await build({ ...options, entryPoints: ["src/style.css"] });

// In the text of an element, nothing may look like its end.
const script = program.outputFiles[0].text.replaceAll("</script", "<\\/script");
const css = style.outputFiles[0].text;
const licences = await licencesOf(Object.keys(program.metafile.inputs));

const parts = {
  policy: [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(css)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; "),
  style: css,
  script,
  licences: licences.replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
};
const template = await readFile(path.join(here, "src/page.html"), "utf8");
const page = template.replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);

await mkdir(target, { recursive: true });
await writeFile(path.join(target, "page.html"), page);
await writeFile(path.join(target, "LICENCES.txt"), licences);
console.log(`objgraph-analysis/assets/page.html: ${Math.ceil(page.length / 1024)} KiB`);

/** Returns the hash by which the policy of the page allows an inline element. */
function hash(text) {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** Returns the licences of the packages that these files are from. */
async function licencesOf(files) {
  const packages = new Set();
  for (const file of files) {
    const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file);
    if (found) packages.add(found[1]);
  }
  // A bundle has the code of its own dependencies.
  for (const name of [...packages]) {
    const manifest = await manifestOf(name);
    for (const dependency of Object.keys(manifest.dependencies ?? {})) packages.add(dependency);
  }
  const texts = [];
  for (const name of [...packages].sort()) {
    const manifest = await manifestOf(name);
    const folder = path.join(here, "node_modules", name);
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file
      ? (await readFile(path.join(folder, file), "utf8")).trim()
      : `Licensed under ${manifest.license}.`;
    texts.push(`${name} ${manifest.version} (${manifest.license})\n\n${text}\n`);
  }
  return `This page contains the following libraries.\n\n${texts.join("\n---\n\n")}`;
}

async function manifestOf(name) {
  const file = path.join(here, "node_modules", name, "package.json");
  return JSON.parse(await readFile(file, "utf8"));
}
