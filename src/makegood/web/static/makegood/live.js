// The bell looks by itself while somebody looks at the page. New notifications are said once, in a corner.
(() => {
  "use strict";
  const EVERY_MS = 10000;
  const TOAST_MS = 9000;
  const bell = document.getElementById("bell-count");
  if (!bell) return;
  let timer;

  const look = () => document.body.dispatchEvent(new CustomEvent("makegood:look"));
  const stop = () => { clearInterval(timer); timer = undefined; };
  const start = () => { if (timer === undefined) timer = setInterval(look, EVERY_MS); };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") { look(); start(); } else stop();
  });
  if (document.visibilityState === "visible") start();
  // Whoever is logged out is told once, not every ten seconds.
  document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status === 401) stop(); });

  const menu = document.getElementById("newest-notifications");
  menu?.addEventListener("toggle", (event) => {
    if (event.newState === "open") window.htmx.trigger(document.getElementById("newest-items"), "makegood:opened");
  });

  // A toast goes by itself, unless somebody reads it with the pointer or the keyboard.
  const toasts = document.getElementById("toasts");
  const leave = (toast) => {
    if (!toast.isConnected) return;
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, TOAST_MS, toast);
    else toast.remove();
  };
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.matches?.("[data-toast]")) setTimeout(leave, TOAST_MS, node);
  }).observe(toasts, { childList: true });
  toasts.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest("[data-toast]").remove());
})();
