// Says when a re-check is done. It does not load the page anew: what was typed on it stays.
"use strict";
for (const said of document.querySelectorAll("[data-recheck]")) {
  const ask = async () => {
    const answer = await fetch(said.dataset.recheck, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const now = await answer.json();
    if (said.textContent !== now.text) said.textContent = now.text;
    if (now.state) setTimeout(ask, 2000);
  };
  setTimeout(ask, 1000);
}
