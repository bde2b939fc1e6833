// The search in the top bar: a combobox over what the server finds. Without this file its form leads to the search page.
(() => {
  "use strict";
  const form = document.getElementById("finder");
  const input = document.getElementById("finder-text");
  const list = document.getElementById("finder-results");
  if (!form || !input || !list) return;
  for (const [name, value] of Object.entries({ role: "combobox", "aria-controls": list.id, "aria-expanded": "false", "aria-autocomplete": "list" })) {
    input.setAttribute(name, value);
  }
  const options = () => [...list.querySelectorAll("[role=option]")];
  const active = () => list.querySelector("[aria-selected=true]");

  const choose = (option) => {
    active()?.setAttribute("aria-selected", "false");
    if (!option) { input.removeAttribute("aria-activedescendant"); return; }
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const open = () => {
    if (!list.hasChildNodes() || !input.value.trim()) { close(); return; }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(null);
  };
  const step = (by) => {
    const all = options();
    if (!all.length) return;
    open();
    const at = all.indexOf(active());
    choose(at < 0 ? all.at(by > 0 ? 0 : -1) : all[(at + by + all.length) % all.length]);
  };

  list.addEventListener("htmx:afterSwap", () => {
    options().forEach((option, at) => { option.id = `found-${at}`; });
    choose(null);
    if (document.activeElement === input) open();
  });
  input.addEventListener("focus", open);
  input.addEventListener("input", () => { if (!input.value.trim()) { list.replaceChildren(); close(); } });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !list.hidden && active()) {
      event.preventDefault();
      active().click();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (!list.hidden) close();
      else if (input.value) input.value = "";
      else input.blur();
    }
  });
  form.addEventListener("submit", (event) => { if (!input.value.trim()) event.preventDefault(); });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
  // The pointer must not take the focus away before the click counts.
  list.addEventListener("mousedown", (event) => event.preventDefault());

  const isTyping = (place) => place.closest?.("input, select, textarea, [contenteditable=true]");
  document.addEventListener("keydown", (event) => {
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
    const isK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if ((!isSlash && !isK) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    if (input.offsetParent === null) { document.querySelector(".finder-link").click(); return; }
    input.focus();
    input.select();
  });
  document.getElementById("search-text")?.focus();
})();
