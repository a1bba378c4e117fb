// The page in a real browser.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { file, has, isInSight, launch, open } from "./browser.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Opens a page, runs a test on it, and checks that it did nothing that it must not do. */
async function on(name, options, run) {
  const opened = await open(browser, name, options);
  try {
    await run(opened.page, opened);
    assert.deepEqual(opened.complaints, []);
  } finally {
    await opened.page.close();
  }
}

const shot = (page, name) => page.screenshot({ path: file(`${name}.png`) });

describe("leaks", () => {
  test("the leak, its ring and its fix are in sight", () =>
    on("leaks.html", {}, async (page) => {
      assert.match(await page.textContent(".kind h2"), /25 leaks of 4 objects each/);
      assert.match(await page.textContent(".fix-change"), /Make Session\.peer Weak/);
      for (const part of [".kind h2", ".fix-card", ".ring"]) assert.ok(await isInSight(page, part), part);
      assert.equal(await page.locator(".ring-node").count(), 2);
      // Both references of the ring are in the field to change.
      assert.equal(await page.locator(".ring-edge.fix").count(), 2);
      await shot(page, "leaks-light");
    }));

  test("a click on the ring shows the object, a double click its neighbourhood", () =>
    on("leaks.html", {}, async (page) => {
      const node = page.locator(".ring-node").nth(1);
      await node.click();
      const id = await page.textContent(".object-head .id");
      assert.match(id, /^#\d+/);
      assert.match(await page.textContent(".path"), /Kept alive by a leaked cycle/);
      await node.dblclick();
      assert.match(await page.textContent(".graph .selected"), /Session/);
      assert.equal(await page.textContent(".object-head .id"), id);
    }));

  test("an object of a leak that is not drawn hangs on its cycle", () =>
    on("leaks.html", { hash: "#view=types" }, async (page) => {
      await page.locator(".virtual .table-row", { hasText: "User" }).click();
      // Those that leaked were created last.
      await page.locator(".details .virtual").evaluate((list) => list.scrollTo(0, list.scrollHeight));
      await page.locator(".list-row").last().click();
      assert.match(await page.textContent(".object-head"), /User.*leaked/);
      const path = await page.locator(".path li").allTextContents();
      assert.deepEqual(path.map((step) => step.replaceAll(/#.*/g, "")), [
        "Kept alive by a leaked cycle",
        "Session",
        "Session.userUser",
      ]);
    }));

  test("in the dark", () => on("leaks.html", { scheme: "dark" }, (page) => shot(page, "leaks-dark")));
});

describe("search", () => {
  test("finds types, ids, labels and sites", () =>
    on("leaks.html", {}, async (page) => {
      await page.keyboard.press("/");
      await page.keyboard.type("sess");
      assert.match(await page.textContent(".results"), /Types.*Session/s);
      await page.fill(".search-input", "tests/page.rs");
      assert.match(await page.textContent(".results"), /Creation sites.*tests\/page\.rs:\d+/s);
      await page.fill(".search-input", "#3");
      assert.match(await page.textContent(".results"), /Object.*#3/s);
      await page.fill(".search-input", "ann");
      assert.match(await page.textContent(".results"), /Labels.*ann/s);
      await page.keyboard.press("Enter");
      assert.match(await page.textContent(".object-label"), /ann/);
      assert.match(await page.textContent(".object-head h2"), /User/);
      await page.fill(".search-input", "no such name");
      assert.match(await page.textContent(".results"), /Nothing has this/);
    }));

  test("a type lists its objects", () =>
    on("leaks.html", {}, async (page) => {
      await page.fill(".search-input", "Entry");
      await page.keyboard.press("Enter");
      assert.match(await page.textContent(".details .hint"), /300 objects/);
      await page.locator(".list-row").first().click();
      assert.match(await page.textContent(".object-head h2"), /Entry/);
    }));
});

describe("graph", () => {
  test("show_refs opens at its value", () =>
    on("refs.html", {}, async (page) => {
      assert.match(await page.textContent(".graph .selected"), /Server/);
      assert.match(await page.textContent(".object-head h2"), /Server/);
      await shot(page, "graph-light");
    }));

  test("says how an object is held", () =>
    on("refs.html", {}, async (page) => {
      // 30 sessions are open and 50 leaked; each knows the server, which holds its cache too.
      assert.match(await page.textContent(".facts"), /Rc: 1 strong, 1 of them from outside, 80 weak/);
      assert.match(await page.textContent(".details"), /Held by80/);
      assert.match(await page.textContent(".details"), /Holds31/);
      await page.getByRole("button", { name: "23 more" }).click();
      await page.locator(".list-row", { hasText: "Session" }).first().click();
      const path = await page.locator(".path li").allTextContents();
      assert.equal(path.length, 3);
      assert.match(path[0], /Held from outside/);
      assert.match(path[1], /^Server#/);
      assert.match(path[2], /^Server\.sessionsSession#/);
      assert.match(await page.textContent(".dominator"), /^Server#/);
    }));

  test("reads its data where the browser decodes no base64", () =>
    on("refs.html", { script: "delete Uint8Array.fromBase64" }, async (page) => {
      assert.equal(await page.evaluate("Uint8Array.fromBase64"), undefined);
      assert.match(await page.textContent(".details"), /Held by80/);
    }));

  test("grows on click", () =>
    on("refs.html", {}, async (page) => {
      const nodes = page.locator(".graph .node");
      const first = await nodes.count();
      await page.locator(".graph .selected .more[data-side=out]").click();
      const second = await nodes.count();
      assert.ok(second > first, `${first} objects, then ${second}`);
      await page.keyboard.press("Delete");
      assert.equal(await nodes.count(), second - 1);
    }));

  test("obeys keys", () =>
    on("refs.html", { scheme: "dark" }, async (page) => {
      await page.keyboard.press("ArrowRight");
      assert.doesNotMatch(await page.textContent(".object-head h2"), /Server/);
      const nodes = page.locator(".graph .node");
      const first = await nodes.count();
      await page.keyboard.press("Enter");
      assert.ok((await nodes.count()) >= first);
      await page.keyboard.press("s");
      await page.keyboard.press("f");
      await shot(page, "graph-dark");
      await page.keyboard.press("3");
      assert.ok(await page.locator(".retained-picture").isVisible());
      await page.goBack();
      assert.ok(await page.locator(".graph").isVisible());
    }));
});

describe("retained sizes", () => {
  test("as a flame graph and as a treemap", () =>
    on("refs.html", { hash: "#view=retained&node=-1" }, async (page) => {
      assert.match(await page.textContent(".retained-picture"), /everything/);
      const blocks = await page.locator(".block").count();
      assert.ok(blocks > 3, `${blocks} blocks`);
      await shot(page, "retained-light");
      await page.getByRole("button", { name: "Treemap" }).click();
      assert.ok((await page.locator(".block").count()) > 3);
      await shot(page, "treemap-light");
    }));

  test("a click shows what an object retains", () =>
    on("refs.html", { hash: "#view=retained&node=-1" }, async (page) => {
      await page.locator(".block", { hasText: "Cache" }).first().click();
      assert.match(await page.textContent(".trail button:last-child"), /Cache/);
      assert.match(await page.textContent(".object-head h2"), /Cache/);
    }));
});

describe("types", () => {
  test("are listed with their objects and bytes, and sorted", () =>
    on("leaks.html", { hash: "#view=types" }, async (page) => {
      await page.locator(".virtual .table-row", { hasText: "Session" }).waitFor();
      await page.getByRole("button", { name: "Objects" }).click();
      await page.locator(".virtual .table-row").first().waitFor();
      const counts = await page.locator(".virtual .column-objects").allTextContents();
      const numbers = counts.map((text) => Number(text.replaceAll(",", "")));
      assert.deepEqual(numbers, [...numbers].sort((a, b) => b - a));
      await shot(page, "types-light");
      await page.getByRole("button", { name: "Creation sites" }).click();
      await page.locator(".virtual .table-row", { hasText: "tests/page.rs" }).first().waitFor();
    }));
});

describe("comparison", () => {
  test("shows what came and went, and new leaks", () =>
    on("comparison.html", {}, async (page) => {
      const text = await page.textContent(".comparison");
      assert.match(text, /New leaks.*25 leaks of 4 objects each: make Session\.peer Weak/s);
      assert.match(text, /Types that grew.*Session/s);
      await shot(page, "comparison-light");
      await page.getByRole("button", { name: /^New objects/ }).click();
      assert.match(await page.textContent(".details .hint"), /100 objects/);
    }));
});

describe("names", () => {
  test("that look like markup stay text", () =>
    on("hostile.html", {}, async (page) => {
      for (const view of ["leaks", "graph", "retained", "types", "report"]) {
        for (const node of [0, 2]) await page.evaluate(`location.hash = "#view=${view}&node=${node}"`);
        await page.waitForTimeout(0);
        assert.equal(await page.evaluate("window.hostile"), undefined, view);
        assert.equal(await page.locator("img").count(), 0, view);
      }
      await page.evaluate('location.hash = "#view=graph&node=2"');
      const label = await page.textContent(".object-label");
      assert.ok(label.startsWith("</script><script>window.hostile=1</script><img src=x"), label);
      // What cannot be seen, and line breaks, are written out.
      assert.match(label, /\\u\{202e\}txt\\u\{2066\}\\nnext &lt;b&gt; \$\{1\}$/);
      await page.fill(".search-input", "<img");
      assert.match(await page.textContent(".results"), /<img src=x onerror/);
      await shot(page, "hostile-light");
    }));
});

describe("theme and help", () => {
  test("a key changes between light and dark", () =>
    on("leaks.html", {}, async (page) => {
      const colour = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
      const light = await colour();
      await page.keyboard.press("t");
      assert.notEqual(await colour(), light);
    }));

  test("the licences of the libraries are in the page", () =>
    on("leaks.html", {}, async (page) => {
      await page.keyboard.press("?");
      const text = await page.textContent(".help");
      for (const name of ["d3-hierarchy", "d3-zoom", "@dagrejs/dagre"]) assert.ok(text.includes(name), name);
    }));
});

/** The time is printed, and not asserted: it depends on the machine. */
describe("size", () => {
  for (const name of ["dom_leak.html", "million.html"]) {
    test(name, { skip: !has(name) }, () =>
      on(name, {}, async (page, { milliseconds }) => {
        console.log(`${name}: opens in ${milliseconds} ms`);
        for (const part of [".kind h2", ".fix-card", ".ring"]) assert.ok(await isInSight(page, part), part);
        assert.match(await page.textContent(".fix-change"), /Make .* Weak/);
        await shot(page, name.replace(".html", "-light"));
      }));
    test(`${name} in the dark`, { skip: !has(name) }, () =>
      on(name, { scheme: "dark" }, (page) => shot(page, name.replace(".html", "-dark"))));
  }
});
