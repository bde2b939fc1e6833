// Links with data-window open their address in the one dialog of the page. The part of the address bar after "#window="
// says which, so that a reload, a log-in in between and the back button find it again.
(() => {
  "use strict";
  const dialog = document.getElementById("window");
  const content = document.getElementById("window-content");
  if (!dialog || !content) return;
  const MARK = "#window=";
  const PATIENCE_MS = 250;
  let opener = null;
  let isClosedByHistory = false;
  let isGoingBack = false;
  let patience;

  const addressIn = (hash) => {
    if (!hash.startsWith(MARK)) return null;
    try {
      const url = new URL(decodeURIComponent(hash.slice(MARK.length)), location.origin);
      return url.origin === location.origin ? url.pathname + url.search : null;
    } catch { return null; }
  };
  const barFor = (address) => location.pathname + location.search + MARK + encodeURIComponent(address).replaceAll("%2F", "/");
  const clearBar = () => history.replaceState(null, "", location.pathname + location.search);

  const show = () => {
    clearTimeout(patience);
    if (!dialog.open) dialog.showModal();
    const isTouched = matchMedia("(pointer: coarse)").matches;
    const fields = "input:not([type=hidden], [type=submit], :disabled), select:not(:disabled), textarea:not(:disabled)";
    const first = content.querySelector("[aria-invalid=true]") ?? content.querySelector("[autofocus]") ?? (isTouched ? null : content.querySelector(fields));
    (first ?? content.querySelector(".window-head > h1") ?? dialog).focus();
  };
  const waitFor = () => {
    patience = setTimeout(() => {
      content.replaceChildren(document.getElementById("window-waiting").content.cloneNode(true));
      if (!dialog.open) dialog.showModal();
    }, PATIENCE_MS);
  };
  const load = (address) => {
    content.replaceChildren();
    waitFor();
    window.htmx.ajax("GET", address, { source: content, target: content, swap: "innerHTML" });
  };
  const open = (link) => {
    const url = new URL(link.href);
    // What stood in a menu leads back to the menu, which closes.
    const menu = link.closest("details[data-closes]");
    if (menu) menu.open = false;
    opener = menu?.querySelector("summary") ?? link;
    history.pushState({ makegoodWindow: true }, "", barFor(url.pathname + url.search));
    load(url.pathname + url.search);
  };

  // Before HTMX hears of it: inside lists every link is boosted.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-window]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.getAttribute("aria-disabled") === "true") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!dialog.open) open(link);
    else {
      history.replaceState(history.state, "", barFor(link.pathname + link.search));
      waitFor();
      window.htmx.ajax("GET", link.pathname + link.search, { source: content, target: content, swap: "innerHTML" });
    }
  }, true);

  document.addEventListener("click", (event) => {
    if (!dialog.open || !event.target.closest) return;
    const cancels = event.target.closest("#window [data-close-window], #window .form-actions > a:not(.button, [data-window], [hx-get])");
    if (!cancels || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    dialog.close();
  });

  // Escape, the close button and Cancel end here; so does the back button.
  dialog.addEventListener("close", () => {
    clearTimeout(patience);
    content.replaceChildren();
    if (isClosedByHistory) isClosedByHistory = false;
    else if (history.state?.makegoodWindow) { isGoingBack = true; history.back(); }
    else if (addressIn(location.hash)) clearBar();
    const link = opener?.isConnected ? opener : opener?.href && document.querySelector(`a[data-window][href="${CSS.escape(opener.getAttribute("href"))}"]`);
    (link ?? document.getElementById("main"))?.focus();
    opener = null;
  });
  window.addEventListener("popstate", (event) => {
    const address = addressIn(location.hash);
    if (isGoingBack) isGoingBack = false;
    else if (address) load(address);
    else if (dialog.open) { isClosedByHistory = true; dialog.close(); }
    else return;
    // HTMX would load the page again.
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener("htmx:beforeOnLoad", (event) => {
    // Whoever comes back by the back button after the work is done finds the page without the window.
    const next = event.detail.xhr.getResponseHeader("HX-Redirect");
    if (next && dialog.open && !next.startsWith(document.body.dataset.logIn)) clearBar();
  });
  document.addEventListener("htmx:beforeSwap", (event) => { if (event.detail.target === content) clearTimeout(patience); });
  document.addEventListener("htmx:afterSwap", (event) => {
    const { target, elt, requestConfig } = event.detail;
    if (target !== content) return;
    // A step further inside the window has an address of its own.
    if (dialog.open && elt !== content && requestConfig?.verb === "get") history.replaceState(history.state, "", barFor(requestConfig.path));
    show();
  });
  document.addEventListener("makegood:failed", (event) => {
    if (event.detail.target !== content || content.querySelector(".window-body")) return;
    clearTimeout(patience);
    content.replaceChildren(document.getElementById("window-failure").content.cloneNode(true));
    show();
  });

  // On a page of its own a window's form is an ordinary form.
  for (const each of document.querySelectorAll(".window-panel :is(form, a)[hx-target='#window-content']")) {
    for (const name of ["hx-post", "hx-get", "hx-target"]) each.removeAttribute(name);
  }

  const asked = addressIn(location.hash);
  if (asked) document.addEventListener("DOMContentLoaded", () => load(asked));
})();
