// Bundle every assets/*.js and assets/*.css into static/dist, and list whose work is in there.
import { build } from "esbuild";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const assets = path.join(root, "assets");
const dist = path.join(root, "static", "dist");
// Tabler's stylesheet contains Bootstrap's, which the bundler cannot see.
const WITHIN = { "@tabler/core": ["bootstrap"] };

/** Return the folders of the packages that went into the bundles, sorted by name. */
function packageFolders(inputs) {
  const folders = new Set();
  for (const input of Object.keys(inputs)) {
    const found = input.match(/^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (found) {
      for (const name of [found[1], ...(WITHIN[found[1]] ?? [])]) {
        folders.add(path.join(root, "node_modules", name));
      }
    }
  }
  return [...folders].sort();
}

/** Return name, version and licence of one package, followed by its own licence and notice files. */
async function attribution(folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice)(\.(md|txt))?$/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), "utf8")));
  return [`${name} ${version} (${license})`, ...texts.map((text) => text.trim())].join("\n\n");
}

const entries = (await readdir(assets)).filter((file) => /\.(js|css)$/.test(file));
await rm(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: entries.map((file) => path.join(assets, file)),
  outdir: dist,
  bundle: true,
  format: "iife",
  target: "chrome109",
  minify: true,
  charset: "utf8",
  legalComments: "linked",
  metafile: true,
  logLevel: "warning",
});
const parts = await Promise.all(packageFolders(metafile.inputs).map(attribution));
// Written last: make takes this file as the sign that the bundles are complete.
await writeFile(path.join(dist, "THIRD_PARTY.txt"), parts.join(`\n\n${"=".repeat(78)}\n\n`) + "\n");
