// Ticking rows of a list. The server keeps what is selected; the page sends each tick and shows what came of it.
(() => {
  "use strict";
  const ticks = () => [...document.querySelectorAll("input[data-tick]")];
  const pageTick = () => document.querySelector("input[data-tick-page]");
  const bar = () => document.getElementById("selection");
  const shown = () => ticks().map((tick) => tick.value).join(",");
  const field = (name) => bar()?.elements.namedItem(name)?.value ?? "";
  let last = null;
  let waiting = 0;
  let queue = Promise.resolve();

  const showPageTick = () => {
    const all = pageTick();
    if (!all) return;
    const rows = ticks();
    const on = rows.filter((tick) => tick.checked).length;
    all.hidden = false;
    all.checked = rows.length > 0 && on === rows.length;
    all.indeterminate = on > 0 && on < rows.length;
  };

  // The ticks become what the server says they are.
  const takeOver = () => {
    const selected = new Set((bar()?.dataset.selected ?? "").split(","));
    for (const tick of ticks()) tick.checked = selected.has(tick.value);
    showPageTick();
  };

  // A number that has been counted once is not counted again while the filter stays.
  const keepCount = (before) => {
    const now = document.getElementById("selection-count");
    if (before?.textContent && now && before.dataset.filter === now.dataset.filter) now.textContent = before.textContent;
  };
  const showNumber = (number) => {
    for (const place of document.querySelectorAll("[data-all-count]")) place.textContent = number;
  };
  const numberInAll = () => /^[\d.,]+/.exec(document.getElementById("list-count")?.textContent.trim() ?? "")?.[0] ?? "";

  const ask = async (verb, url, values) => {
    const asked = shown();
    const counted = document.getElementById("selection-count");
    const source = document.querySelector(".list-body");
    if (!bar() || !source) return;
    try {
      await window.htmx.ajax(verb, url, {
        source, target: "#selection", swap: "outerHTML", values: { query: field("query"), shown: asked, ...values },
      });
      keepCount(counted);
      showNumber(numberInAll());
    } catch { /* The frame says that the server does not answer. */ }
    if (waiting > 1) return;
    if (asked === shown()) takeOver();
    else await ask("GET", bar().dataset.barUrl, {});
  };
  // One after the other: each answer shows what all before it have done.
  const send = (verb, url, values = {}) => {
    waiting += 1;
    queue = queue.then(() => ask(verb, url, values)).finally(() => { waiting -= 1; });
  };

  const tickRows = (rows, on) => {
    for (const row of rows) row.checked = on;
    showPageTick();
    if (rows.length) send("POST", bar().dataset.tickUrl, { tick: rows.map((row) => row.value).join(","), on: on ? "yes" : "no" });
  };

  // A window over the selection opens when all ticks have arrived, so that it is never about fewer than are ticked.
  window.addEventListener("click", (event) => {
    const action = event.target.closest?.("[data-selection-action]");
    if (!waiting || !action) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    queue = queue.then(() => document.getElementById(action.id)?.click());
  }, true);

  document.addEventListener("click", (event) => {
    const tick = event.target;
    if (!(tick instanceof HTMLInputElement) || !bar()) return;
    if (tick.matches("[data-tick-page]")) {
      tickRows(ticks().filter((row) => row.checked !== tick.checked), tick.checked);
      last = null;
    } else if (tick.matches("[data-tick]")) {
      const rows = ticks();
      const [from, to] = [rows.indexOf(last), rows.indexOf(tick)].sort((a, b) => a - b);
      tickRows(event.shiftKey && from >= 0 ? rows.slice(from, to + 1) : [tick], tick.checked);
      last = tick;
    }
  });
  // A range is for ticking, not for marking text.
  document.addEventListener("mousedown", (event) => {
    if (event.shiftKey && event.target.closest?.("[data-column=tick]")) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.("[data-tick], [data-tick-page]") || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    const stops = [pageTick(), ...ticks()];
    const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  document.addEventListener("submit", (event) => {
    if (event.target !== bar()) return;
    event.preventDefault();
    send("POST", event.submitter?.getAttribute("formaction") ?? event.target.action);
  });

  // A panel below a button closes when something else is worked with, such as a window that it has opened.
  document.addEventListener("focusin", (event) => {
    for (const panel of document.querySelectorAll("details.dropdown[open]")) if (!panel.contains(event.target)) panel.open = false;
  });

  // What was said once goes with the next thing that is done.
  document.addEventListener("pointerdown", () => document.querySelector(".selection-note[data-passing]")?.remove());

  // Another tab may have changed the selection.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && bar()) send("GET", bar().dataset.barUrl);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const { target } = event.detail;
    if (target?.id === "list-count") showNumber(numberInAll());
    if (["list", "results"].includes(target?.id)) last = null;
    showPageTick();
  });
  // The list was left while a tick was under way.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (["list", "results"].includes(event.detail.target?.id) && waiting && bar()) send("GET", bar().dataset.barUrl);
  });
  showPageTick();
})();
