// What is typed into a form with data-keep outlives an expired session, a lost connection and a reload: in this tab,
// for this person and provider, until the form is done or cancelled. Never passwords, files or tokens.
(() => {
  "use strict";
  const PREFIX = "makegood-keep:";
  const NEVER = new Set(["password", "file", "hidden", "submit", "button", "image", "reset"]);
  const keeper = document.body.dataset.keeper ?? "";
  const mine = `${PREFIX}${keeper}:`;
  const formsIn = (place) => [...(place.matches?.("form[data-keep]") ? [place] : []), ...place.querySelectorAll("form[data-keep]")];
  const keyOf = (form) => `${mine}${new URL(form.getAttribute("action") || location.pathname, location.href).pathname}:${form.dataset.keep}`;
  const fieldsOf = (form) => [...form.elements].filter((each) => each.name && !NEVER.has(each.type) && each.name !== "csrfmiddlewaretoken" && !each.disabled);
  const isTicked = (field) => field.type === "checkbox" || field.type === "radio";

  const read = (key) => { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } };
  const write = (key, value) => {
    // Full or switched off: then there is nothing kept, and the form works as it is.
    try { if (value === null) sessionStorage.removeItem(key); else sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* nothing kept */ }
  };
  const keys = () => { try { return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; } };

  const valuesOf = (form) => {
    const values = {};
    for (const field of fieldsOf(form)) {
      const list = (values[field.name] ??= []);
      if (isTicked(field)) { if (field.checked) list.push(field.value); }
      else if (field.multiple && field.options) list.push(...[...field.selectedOptions].map((each) => each.value));
      else list.push(field.value);
    }
    return values;
  };
  const initial = new WeakMap();
  // Forms whose answer shows them again: what stands in the answer counts, not what was typed before.
  const answered = new Set();
  const keep = (form) => {
    const values = valuesOf(form);
    const isTouched = JSON.stringify(values) !== initial.get(form);
    write(keyOf(form), isTouched ? { values } : null);
  };
  const forget = (form) => write(keyOf(form), null);

  const put = (form, values) => {
    const changed = [];
    const place = {};
    for (const field of fieldsOf(form)) {
      const kept = values[field.name];
      if (!kept) continue;
      if (isTicked(field)) {
        const checked = kept.includes(field.value);
        if (field.checked !== checked) { field.checked = checked; changed.push(field); }
        continue;
      }
      if (field.multiple && field.options) {
        for (const option of field.options) option.selected = kept.includes(option.value);
        continue;
      }
      const at = (place[field.name] = (place[field.name] ?? -1) + 1);
      const before = field.value;
      if (kept[at] === undefined || kept[at] === before) continue;
      field.value = kept[at];
      // A choice that is gone is not made again.
      if (field.options && field.selectedIndex < 0) field.value = before;
      else changed.push(field);
    }
    return changed;
  };
  // Whatever follows what is typed follows what is back, but nothing that fills other fields.
  const tell = (form, fields) => {
    for (const field of fields) if (!isTicked(field) && !field.options) field.dispatchEvent(new Event("input", { bubbles: true }));
    form.dispatchEvent(new CustomEvent("makegood:restored", { bubbles: true }));
  };
  const say = (form) => {
    const line = document.getElementById("kept-notice").content.firstElementChild.cloneNode(true);
    line.querySelector("button").addEventListener("click", () => {
      forget(form);
      form.reset();
      line.remove();
      tell(form, fieldsOf(form));
      forget(form);
      fieldsOf(form)[0]?.focus();
    });
    form.prepend(line);
  };
  const begin = (form) => {
    if (initial.has(form)) return;
    initial.set(form, JSON.stringify(valuesOf(form)));
    if (answered.delete(keyOf(form))) { write(keyOf(form), { values: valuesOf(form) }); return; }
    const isRefused = form.querySelector(".errorlist, .notice-bad, [aria-invalid=true]");
    const kept = read(keyOf(form));
    if (isRefused || !kept) return;
    const changed = put(form, kept.values);
    if (!changed.length) return;
    say(form);
    tell(form, changed);
  };

  for (const name of ["input", "change"]) {
    document.addEventListener(name, (event) => {
      const form = event.target.form;
      if (form?.matches("[data-keep]")) keep(form);
    });
  }

  // Sent by the browser itself: done if the next page neither shows the form again nor asks for the log-in.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("form[action$='/logout']")) { for (const key of keys()) write(key, null); return; }
    if (!form.matches("[data-keep]")) return;
    keep(form);
    const kept = read(keyOf(form));
    if (kept) write(keyOf(form), { ...kept, sent: true });
  });
  const forgetDone = () => {
    const shown = new Set(formsIn(document).map(keyOf));
    for (const key of keys()) {
      if (!key.startsWith(mine)) write(key, null);
      else if (read(key)?.sent && !shown.has(key) && !location.hash.startsWith("#window=")) write(key, null);
    }
  };

  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const form = event.detail.elt?.closest?.("form[data-keep]");
    if (!form) return;
    const { xhr, requestConfig } = event.detail;
    if (requestConfig.verb === "get" || xhr.status >= 400 || xhr.getResponseHeader("HX-Refresh")) return;
    if (xhr.responseText.includes(`data-keep="${form.dataset.keep}"`)) answered.add(keyOf(form));
    if (event.detail.elt !== form) return;
    const next = xhr.getResponseHeader("HX-Redirect");
    if (next?.startsWith(document.body.dataset.logIn)) return;
    const key = keyOf(form);
    const isDone = next || !xhr.responseText.includes(`data-keep="${form.dataset.keep}"`);
    if (isDone) write(key, null);
  });
  document.addEventListener("click", (event) => {
    const cancels = event.target.closest?.(".form-actions > a:not(.button, [data-window], [hx-get]), [data-forget]");
    const form = cancels?.closest("form[data-keep]");
    if (form) forget(form);
  }, true);

  document.addEventListener("htmx:load", (event) => formsIn(event.detail.elt).forEach(begin));
  formsIn(document).forEach(begin);
  forgetDone();
})();
