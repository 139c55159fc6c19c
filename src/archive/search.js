(() => {
  "use strict";
  const form = document.getElementById("search");
  const input = form && form.querySelector("input");
  const told = document.getElementById("found");
  if (!input || !told) return;
  const entries = [...document.querySelectorAll("[data-entry]")];
  const years = [...document.querySelectorAll("[data-year]")];

  // without accents and in small letters, so that "etude" finds "Étude"
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

  fetch("search.json").then((answer) => {
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }).then((index) => {
    const words = index.map((text) => " " + fold(text));
    const search = () => {
      const wanted = fold(input.value).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
      let found = 0;
      entries.forEach((entry, at) => {
        const hit = wanted.every((word) => (words[at] || "").includes(" " + word));
        entry.hidden = !hit;
        if (hit) found += 1;
      });
      years.forEach((year) => { year.hidden = !year.querySelector("[data-entry]:not([hidden])"); });
      told.textContent = wanted.length ? told.dataset[found ? "some" : "none"].replace("{count}", found) : "";
    };
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    input.addEventListener("input", search);
    search();
  }).catch(() => { /* the list is there without it */ });
})();
