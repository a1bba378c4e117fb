// A browser for the tests: Chromium of the system, without a network.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const folder = process.env.OBJGRAPH_PAGES;
assert.ok(folder, "OBJGRAPH_PAGES is the folder of the pages that `cargo test --test page` wrote");

export const file = (name) => path.join(folder, name);

export const has = (name) => existsSync(file(name));

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    // Containers have no namespaces for its sandbox.
    args: ["--no-sandbox"],
  });
}

/** Opens a page, and collects what it must not do: write to the console, fail, or ask for anything. */
export async function open(browser, name, { hash = "", scheme = "light", script = "" } = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: scheme, reducedMotion: "reduce" });
  await page.addInitScript(script);
  const complaints = [];
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== pathToFileURL(file(name)).href) complaints.push(`request: ${request.url()}`);
  });
  const started = performance.now();
  await page.goto(`${pathToFileURL(file(name)).href}${hash}`);
  await page.waitForSelector("html[data-ready]");
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const milliseconds = Math.round(performance.now() - started);
  return { page, complaints, milliseconds };
}

/** Returns whether an element is in sight without a scroll. */
export async function isInSight(page, selector) {
  const box = await page.locator(selector).first().boundingBox();
  return box !== null && box.x >= 0 && box.y >= 0 && box.x + box.width <= 1280 && box.y + box.height <= 800;
}
