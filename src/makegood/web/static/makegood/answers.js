// What is said when an answer is not the one hoped for; and no form is sent twice while it waits for its answer.
(() => {
  "use strict";
  const WORDS = {
    400: "This request cannot be read. Load the page again and repeat what you did.",
    401: "Your session has ended. Log in again to go on; what you typed is kept.",
    403: "This is not allowed.",
    404: "This does not exist any more. Load the page again.",
    405: "This cannot be done here. Load the page again.",
    409: "Somebody else changed this in the meantime. Load the page again.",
    413: "This is too large to be sent.",
    429: "Too many requests at once. Wait a moment, then try again.",
  };
  const OTHERWISE = "Something went wrong. Look whether it was done before you try again.";
  const LONGEST_SENTENCE = 600;
  const page = document.getElementById("failure");
  const connection = document.getElementById("connection");

  // The sentence stands where the person looks: in the open window, else on the page.
  const placeFor = () => {
    const dialog = document.getElementById("window");
    if (!dialog?.open) return page;
    let place = dialog.querySelector("[data-failure]");
    if (!place) {
      place = document.getElementById("failure-notice").content.firstElementChild.cloneNode(true);
      const body = dialog.querySelector(".window-body") ?? document.getElementById("window-content");
      body.prepend(place);
    }
    return place;
  };
  const say = (sentence) => {
    const place = placeFor();
    if (!place) return;
    place.hidden = true;
    place.querySelector("span").textContent = sentence;
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
  };
  const unsay = () => {
    for (const place of [page, ...document.querySelectorAll("#window [data-failure]")]) if (place) place.hidden = true;
  };
  const sentenceOf = (xhr) => {
    const isText = (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
    if (isText && xhr.responseText && xhr.responseText.length <= LONGEST_SENTENCE) return xhr.responseText;
    return WORDS[xhr.status] ?? OTHERWISE;
  };

  // A new log-in made the page's token stale; the refusal brings the present one.
  const renew = (token) => {
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
    const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
    document.body.setAttribute("hx-headers", JSON.stringify({ ...headers, "X-CSRFToken": token }));
  };

  document.addEventListener("htmx:responseError", (event) => {
    const xhr = event.detail.xhr;
    const token = xhr.getResponseHeader("X-Makegood-Token");
    if (token) renew(token);
    // What is asked in the background asks again by itself.
    if (event.detail.elt?.hasAttribute("data-background") && xhr.status !== 401) return;
    document.dispatchEvent(new CustomEvent("makegood:failed", { detail: event.detail }));
    say(sentenceOf(xhr));
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      if (connection) connection.hidden = false;
      if (event.detail.elt?.hasAttribute("data-background")) return;
      document.dispatchEvent(new CustomEvent("makegood:failed", { detail: event.detail }));
      if (document.getElementById("window")?.open) say("The server does not answer. What you typed is kept; try again in a moment.");
    });
  }
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (!event.detail.successful) return;
    if (connection) connection.hidden = true;
    if (!event.detail.elt?.hasAttribute("data-background")) unsay();
  });

  // Buttons of a form rest until the answer is there.
  const waiting = new WeakMap();
  const rest = (form) => {
    const buttons = [...form.elements].filter((each) => (each.type === "submit" || each.type === "image") && !each.disabled);
    waiting.set(form, { buttons, focused: document.activeElement });
    for (const button of buttons) { button.disabled = true; button.setAttribute("aria-busy", "true"); }
  };
  const wake = (form) => {
    const rested = waiting.get(form);
    if (!rested) return;
    waiting.delete(form);
    for (const button of rested.buttons) { button.disabled = false; button.removeAttribute("aria-busy"); }
    if (form.isConnected && document.activeElement === document.body) rested.focused?.focus();
  };
  const isWrite = (form) => form instanceof HTMLFormElement && form.method === "post";

  document.addEventListener("htmx:beforeSend", (event) => {
    const form = event.detail.elt;
    if (form instanceof HTMLFormElement && event.detail.requestConfig.verb !== "get") rest(form);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const goesOn = event.detail.xhr?.getResponseHeader("HX-Redirect") || event.detail.xhr?.getResponseHeader("HX-Refresh");
    if (event.detail.elt instanceof HTMLFormElement && !goesOn) wake(event.detail.elt);
  });
  // Sent by the browser itself: what the button says is read first.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!isWrite(form)) return;
    if (waiting.has(form)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    if (form.hasAttribute("hx-post") || form.matches("form.appearance")) return;
    // Answered in a frame: the form stays.
    if (event.submitter?.formTarget) return;
    setTimeout(() => { if (!event.defaultPrevented) rest(form); });
  }, true);
  window.addEventListener("pageshow", (event) => { if (event.persisted) for (const form of document.forms) wake(form); });
})();
