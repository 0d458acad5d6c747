// Makes parts of a page live: asks for them once a second, and swaps what has changed. Without it
// every page works all the same.
"use strict";

const EVERY = 1000;
const AWAY = 3;

function swapped(region, text) {
  const focused = document.activeElement;
  const inside = focused && region.contains(focused) ? focused : null;
  const mark = inside && (inside.id || inside.getAttribute("href"));
  const open = Array.from(region.querySelectorAll("details"), (one) => one.open);
  region.innerHTML = text;
  const named = region.querySelector("[data-title]");
  if (named) document.title = named.dataset.title;
  region.querySelectorAll("details").forEach((one, at) => { if (open[at]) one.open = true; });
  if (mark) {
    const again = region.querySelector(`[id="${CSS.escape(mark)}"], [href="${CSS.escape(mark)}"]`);
    if (again) again.focus({ preventScroll: true });
  }
}

function live(region) {
  const address = region.dataset.live;
  const lost = region.parentElement.querySelector("[data-lost]");
  let tag = "";
  let missed = 0;
  async function ask() {
    if (document.hidden) return;
    try {
      const headers = tag ? { "If-None-Match": tag } : {};
      const answer = await fetch(address, { headers, cache: "no-store", redirect: "error" });
      if (answer.status === 200) {
        const text = await answer.text();
        const first = tag === "";
        tag = answer.headers.get("ETag") || "";
        if (!first || region.innerHTML.trim() !== text.trim()) swapped(region, text);
      } else if (answer.status === 404 || answer.status === 403) {
        location.reload();
        return;
      }
      missed = 0;
    } catch {
      missed += 1;
    }
    lost.hidden = missed < AWAY;
  }
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}

document.querySelectorAll("[data-live]").forEach(live);
document.querySelectorAll("form.entering").forEach((form) => form.submit());
document.querySelectorAll("form.once").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form.once").forEach((form) => delete form.dataset.sent);
});
