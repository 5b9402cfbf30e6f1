"use strict";
(function () {
  var all = function (selector, within) {
    return Array.prototype.slice.call((within || document).querySelectorAll(selector));
  };

  // Folded parts are opened for printing and folded again after it.
  var opened = [];
  addEventListener("beforeprint", function () {
    opened = all("details:not([open])");
    opened.forEach(function (part) { part.open = true; });
  });
  addEventListener("afterprint", function () {
    opened.forEach(function (part) { part.open = false; });
    opened = [];
  });

  // A link leads into a folded part: it is opened, whatever the browser does by itself.
  function reveal() {
    var target = document.getElementById(location.hash.slice(1));
    for (var part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") { part.open = true; }
    }
    if (target) { target.scrollIntoView(); }
  }
  addEventListener("hashchange", reveal);
  if (location.hash) { reveal(); }

  // The filter narrows the lists; a number that leads to a list sets it.
  var form = document.getElementById("filter");
  if (!form) { return; }
  var fields = all("select", form), told = document.getElementById("told");
  var findings = all(".group .finding").map(function (item) {
    return { item: item, tokens: " " + item.dataset.f + " " };
  });
  var groups = all(".group"), chapters = all("div.chapter");

  function narrow() {
    var chosen = fields.filter(function (field) { return field.value; });
    var shown = 0;
    findings.forEach(function (one) {
      var fits = chosen.every(function (field) { return one.tokens.indexOf(" " + field.value + " ") >= 0; });
      one.item.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    groups.forEach(function (group) {
      group.hidden = !group.querySelector(".finding:not([hidden])");
      if (chosen.length && !group.hidden) { group.querySelector("details").open = true; }
    });
    chapters.forEach(function (part) { part.hidden = !part.querySelector(".group:not([hidden])"); });
    var words = chosen.map(function (field) { return field.selectedOptions[0].textContent; });
    told.textContent = !chosen.length ? "" :
      form.dataset.chosen.replace("{choices}", function () { return words.join(form.dataset.and); }) +
      form.dataset.told.replace("{shown}", shown).replace("{total}", findings.length);
    form.classList.toggle("chosen", chosen.length > 0);
  }

  form.addEventListener("change", narrow);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(narrow); });
  all("a.pick").forEach(function (link) {
    link.addEventListener("click", function () {
      var tokens = (link.dataset.f || "").split(" ");
      fields.forEach(function (field) {
        var fitting = all("option", field).filter(function (one) { return one.value && tokens.indexOf(one.value) >= 0; });
        field.value = fitting.length ? fitting[0].value : "";
      });
      narrow();
    });
  });
  form.hidden = false;
})();
