"use strict";
// Search, filters, keys and the theme. Without this script the page shows everything.
(() => {
  const find = (id) => document.getElementById(id);
  const rows = [...document.querySelectorAll("#list > details")].map((element) => ({
    element,
    name: element.dataset.workload,
    text: element.textContent.toLowerCase(),
    vaults: element.dataset.vaults.split(" "),
    techniques: element.dataset.techniques.split(" "),
    changed: "changed" in element.dataset,
  }));
  const matrix = new Map([...document.querySelectorAll(".matrix tbody tr")].map((row) => [row.dataset.workload, row]));
  const search = find("search"), vault = find("vault"), technique = find("technique"), changed = find("changed");

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const visible =
        words.every((word) => row.text.includes(word)) &&
        (!vault.value || row.vaults.includes(vault.value)) &&
        (!technique.value || row.techniques.includes(technique.value)) &&
        (!changed.checked || row.changed);
      row.element.hidden = !visible;
      const line = matrix.get(row.name);
      if (line) line.hidden = !visible;
      shown += visible;
    }
    find("count").value = shown === rows.length ? `${shown} workloads` : `${shown} of ${rows.length} workloads`;
  };
  for (const field of [search, vault, technique, changed]) field.addEventListener("input", apply);

  const move = (step) => {
    const heads = rows.filter((row) => !row.element.hidden).map((row) => row.element.querySelector("summary"));
    if (!heads.length) return;
    const at = heads.indexOf(document.activeElement);
    heads[at < 0 ? (step > 0 ? 0 : heads.length - 1) : Math.min(Math.max(at + step, 0), heads.length - 1)].focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inList = document.activeElement.tagName === "SUMMARY" || document.activeElement === search;
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape") {
      search.value = vault.value = technique.value = "";
      changed.checked = false;
      apply();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && inList) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    }
  });

  const theme = find("theme"), root = document.documentElement;
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const label = () => {
    theme.textContent = isDark() ? "Light" : "Dark";
    theme.setAttribute("aria-pressed", String(isDark()));
  };
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    label();
  });
  label();
  // A printed page shows every workload's chain.
  addEventListener("beforeprint", () => rows.forEach((row) => (row.element.open = true)));
})();
