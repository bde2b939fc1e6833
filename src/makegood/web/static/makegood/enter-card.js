// The processor's own form on the page that enters a card. What is typed stands in the processor's frame and goes to the
// processor; this page gets to know that it was taken, and sends the proof of that.
(() => {
  "use strict";
  const form = document.getElementById("enter-card");
  if (!form) return;
  const problem = document.getElementById("card-problem");
  const button = form.querySelector("button.button-main");
  const say = (words) => {
    problem.querySelector("span").textContent = words ?? "";
    problem.hidden = !words;
  };
  const wait = (waits) => {
    button.disabled = waits;
    form.setAttribute("aria-busy", String(waits));
  };

  if (typeof window.Stripe !== "function") {
    say(form.dataset.away);
    button.disabled = true;
    return;
  }
  const seen = getComputedStyle(document.getElementById("card-element"));
  const stripe = window.Stripe(form.dataset.key);
  const card = stripe.elements().create("card", {
    style: { base: { color: seen.color, fontFamily: seen.fontFamily, fontSize: seen.fontSize, iconColor: seen.color } },
  });
  card.mount("#card-element");
  card.on("change", (event) => say(event?.error?.message));

  const begin = async () => {
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const answer = await fetch(form.dataset.begin, { method: "POST", headers });
    if (!(answer.headers.get("Content-Type") ?? "").startsWith("application/json")) throw new Error("not understood");
    return answer.json();
  };

  // What is sent without a proof is a card to be entered first; with one, it was taken already.
  form.addEventListener("submit", async (event) => {
    if (form.elements.proof.value) return;
    event.preventDefault();
    say("");
    wait(true);
    try {
      const begun = await begin();
      if (begun.problem) { say(begun.problem); return; }
      const { error } = await stripe.confirmCardSetup(begun.secret, {
        payment_method: { card, billing_details: { name: form.dataset.name } },
      });
      if (error) { say(error.message ?? form.dataset.away); return; }
      form.elements.proof.value = begun.proof;
      form.submit();
    } catch {
      say(form.dataset.away);
    } finally {
      if (!form.elements.proof.value) wait(false);
    }
  });
})();
