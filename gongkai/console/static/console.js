// Keys for people who work through lists: everything here can be done without it. No library, no request, no style.
"use strict";

const ON = "gongkai-keys"; // remembered by this browser: single keys may be switched off (WCAG 2.1.4)
const ROWS = "main tbody tr, main [data-rows] > li";

function usesKeys() {
  try {
    return localStorage.getItem(ON) !== "off";
  } catch {
    return true;
  }
}

function links() {
  return [...document.querySelectorAll(ROWS)].map((row) => row.querySelector("a[href]")).filter(Boolean);
}

function rowOf(element) {
  return element ? element.closest(ROWS) : null;
}

function move(step) {
  const all = links();
  if (all.length === 0) return;
  const here = rowOf(document.activeElement);
  const at = here ? all.findIndex((link) => here.contains(link)) : -1;
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  all[next].focus();
  rowOf(all[next]).scrollIntoView({ block: "nearest" });
}

function tick() {
  const box = rowOf(document.activeElement)?.querySelector("input[type=checkbox]");
  if (box) box.click();
}

function search() {
  const field = document.querySelector("main [role=search] input:not([type=hidden], [type=checkbox]), main input[type=search]");
  if (field) {
    field.focus();
    field.select();
  } else {
    location.assign(document.querySelector("nav a[href='/search']") ? "/search" : "/findings");
  }
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  x: tick,
  n: () => document.querySelector("main a[rel=next]")?.click(),
  "/": search,
  "?": () => document.getElementById("keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !usesKeys()) return;
  const types = event.target.closest("input:not([type=checkbox]), select, textarea, dialog, [contenteditable]");
  const act = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : undefined;
  if (types || !act) return;
  event.preventDefault();
  act();
});

const help = document.getElementById("keys");
if (help) {
  const open = document.querySelector(".to-keys");
  open.hidden = false;
  open.addEventListener("click", () => help.showModal());
  const on = document.getElementById("keys-on");
  on.checked = usesKeys();
  on.addEventListener("change", () => {
    try {
      localStorage.setItem(ON, on.checked ? "on" : "off");
    } catch {
      // a browser that keeps nothing: the choice holds for no longer than it can
    }
  });
}


// All boxes of a list at once.
const all = document.getElementById("all-of-page");
if (all) {
  const boxes = () => [...document.querySelectorAll("input[type=checkbox][name=finding]")];
  all.closest("label").hidden = false;
  all.addEventListener("change", () => boxes().forEach((box) => (box.checked = all.checked)));
  document.addEventListener("change", (event) => {
    if (event.target.name !== "finding") return;
    const ticked = boxes().filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
  });
}
