// What pages do beyond links and forms. Everything here is a convenience: without it, every page works.
(() => {
  "use strict";
  const root = document.documentElement;
  const YEAR_SECONDS = 365 * 24 * 3600;

  // Light or dark, at once and without loading the page again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form.appearance") || !event.submitter) return;
    event.preventDefault();
    const chosen = event.submitter.value;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `makegood_appearance=${chosen}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax${secure}`;
    root.dataset.appearance = chosen;
    for (const button of form.querySelectorAll("button[name=appearance]")) {
      button.setAttribute("aria-pressed", String(button.value === chosen));
    }
  });

  // An open panel closes when one clicks beside it or presses Escape.
  const closePanels = (except) => {
    for (const panel of document.querySelectorAll("details[data-closes][open]")) {
      if (panel !== except) panel.open = false;
    }
  };
  document.addEventListener("click", (event) => closePanels(event.target.closest("details[data-closes]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const panel = document.activeElement?.closest("details[data-closes][open]");
    closePanels();
    panel?.querySelector("summary").focus();
  });

  // A heading of the navigation stays open or closed as it was left, in this tab.
  for (const part of document.querySelectorAll("details[data-part]")) {
    const key = `makegood-part:${part.dataset.part}`;
    const left = sessionStorage.getItem(key);
    if (left !== null && !part.querySelector("[aria-current=page]")) part.open = left === "open";
    part.addEventListener("toggle", () => sessionStorage.setItem(key, part.open ? "open" : "closed"));
  }

  document.addEventListener("htmx:afterSettle", (event) => {
    // Another page of a list starts at its top.
    if (event.detail.requestConfig?.elt?.id?.startsWith("page-")) window.scrollTo({ top: 0 });
    // Whoever works by keyboard stays where the list is worked, also when the link just used is gone.
    if (document.activeElement === document.body && event.target.closest?.("#list")) document.querySelector(".filters > summary")?.focus();
  });

  // A button copies what stands in a field. Where the browser does not allow that, the field is selected instead.
  const copy = async (field) => {
    try {
      await navigator.clipboard.writeText(field.value);
      return true;
    } catch {
      field.select();
      return document.execCommand("copy");
    }
  };
  for (const button of document.querySelectorAll("[data-copy]")) {
    const words = button.querySelector("[aria-live]");
    const before = words.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      const done = await copy(field);
      if (!done) field.focus();
      else button.focus();
      words.textContent = done ? "Copied" : "Selected";
      setTimeout(() => { words.textContent = before; }, 3000);
    });
  }

  // On a narrow screen the tabs are wider than the page: the present one is in sight.
  const tabs = document.querySelector(".tabs");
  const current = tabs?.querySelector("[aria-current]");
  if (current) tabs.scrollLeft = current.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - current.offsetWidth) / 2;
})();
