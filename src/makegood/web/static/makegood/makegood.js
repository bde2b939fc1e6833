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
    if (event.key === "Escape") {
      const panel = document.activeElement?.closest("details[data-closes][open]");
      closePanels();
      panel?.querySelector("summary").focus();
    }
    // A slash goes to the search, unless somebody is typing.
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, select, textarea")) {
      const search = document.querySelector("input[type=search]");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
  });

  // Say so when the server does not answer, and take it back when it does.
  const connection = document.getElementById("connection");
  const say = (isLost) => { if (connection) connection.hidden = !isLost; };
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(name, () => say(true));
  }
  document.addEventListener("htmx:afterOnLoad", (event) => { if (event.detail.successful) say(false); });

  document.addEventListener("htmx:afterSettle", (event) => {
    // Another page of a list starts at its top.
    if (event.detail.requestConfig?.elt?.id?.startsWith("page-")) window.scrollTo({ top: 0 });
    // Whoever works by keyboard stays where the list is worked, also when the link just used is gone.
    if (document.activeElement === document.body) document.querySelector(".filters > summary")?.focus();
  });
})();
