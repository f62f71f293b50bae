"use strict";
(() => {
  const list = document.querySelector(".rows");
  const rows = [...list.children];
  const tools = document.querySelector(".tools");
  const count = document.getElementById("count");
  const nothing = document.querySelector(".nothing");
  const plural = (n) => `${n} row${n === 1 ? "" : "s"}`;

  // Sorting and filtering: the numbers stand in the cells' data attributes, unrounded.

  const field = (name) => tools.elements.namedItem(name);
  const chosen = (name) => field(name)?.value ?? "";
  const words = new Map(rows.map((row) => [row, row.querySelector("h3").textContent.toLowerCase()]));

  function worst(row, key, ratio, descending) {
    const values = [...row.querySelectorAll(".cell")]
      .filter((cell) => (ratio ? cell.dataset.ratio === ratio : !cell.classList.contains("baseline")))
      .map((cell) => cell.getAttribute(`data-${key}`))
      .filter((value) => value !== null)
      .map(Number);
    if (values.length === 0) return Infinity;
    return descending ? -Math.max(...values) : Math.min(...values);
  }

  function arrange() {
    const key = chosen("sort");
    const descending = field("sort").selectedOptions[0]?.hasAttribute("data-descending") ?? false;
    const order = (row) => Number(row.dataset.order);
    const ranked = rows.map((row) => ({
      row,
      rank: key === "order" ? order(row) : worst(row, key, chosen("ratio"), descending),
    }));
    ranked.sort((a, b) => (a.rank === b.rank ? order(a.row) - order(b.row) : a.rank < b.rank ? -1 : 1));
    list.append(...ranked.map((entry) => entry.row));
    filter();
  }

  function filter() {
    const searched = chosen("text").toLowerCase().split(/\s+/).filter(Boolean);
    const category = chosen("category");
    const challenge = chosen("challenge");
    let shown = 0;
    for (const row of rows) {
      const matches =
        (!category || row.dataset.category === category) &&
        (!challenge || row.dataset.challenge === challenge) &&
        searched.every((word) => words.get(row).includes(word));
      row.hidden = !matches;
      if (matches) shown += 1;
    }
    count.textContent = shown === rows.length ? plural(shown) : `${shown} of ${plural(rows.length)}`;
    nothing.hidden = shown > 0;
  }

  tools.hidden = false;
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("input", (event) => {
    switch (event.target.name) {
      case "size":
        document.documentElement.style.setProperty("--cell", `${event.target.value}px`);
        break;
      case "sort":
      case "ratio":
        arrange();
        break;
      default:
        filter();
    }
  });
  // A reloaded page keeps what was chosen in its fields.
  arrange();

  // The viewer: one picture large beside its baseline.

  const viewer = document.getElementById("viewer");
  const part = (name) => viewer.querySelector(`.viewer-${name}`);
  const source = (cell) => cell?.querySelector("img")?.getAttribute("src") ?? "";
  let current = null;

  function show(cell) {
    const row = cell.closest(".row");
    const cells = [...row.querySelectorAll(".cell")];
    const baseline = cells.find((other) => other.classList.contains("baseline"));
    const prompt = row.querySelector("h3").textContent;
    const ratio = cell.dataset.ratio;
    current = { row, cells, baseline, cell };
    part("prompt").textContent = prompt;
    part("label").textContent = cell.dataset.heading;
    for (const [image, from] of [["baseline", baseline], ["variant", cell], ["under", baseline]]) {
      part(image).src = source(from);
      part(image).alt = prompt;
      part(image).classList.toggle("gone", !source(from));
    }
    part("scores").textContent = [...cell.querySelectorAll("dl div")]
      .map((pair) => `${pair.querySelector("dt").textContent} ${pair.querySelector("dd").textContent}`)
      .join(" · ");
    part("ratios").replaceChildren(
      ...cells.map((other) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = other === baseline ? "0" : other.dataset.ratio;
        button.setAttribute("aria-pressed", String(other === cell));
        button.disabled = !source(other);
        button.addEventListener("click", () => show(other));
        return button;
      }));
    blink(false);
    if (!viewer.open) viewer.showModal();
    history.replaceState(null, "", `#${row.id}-r${encodeURIComponent(ratio)}`);
  }

  function blink(on) {
    part("under").hidden = !on;
    part("label").textContent =
      (on ? current.baseline ?? current.cell : current.cell).dataset.heading;
  }

  /// The same ratio in the next row that is shown and has its picture.
  function step(direction) {
    const shown = [...list.children].filter((row) => !row.hidden);
    for (let at = shown.indexOf(current.row) + direction; at >= 0 && at < shown.length; at += direction) {
      const cell = [...shown[at].querySelectorAll(".cell")]
        .find((other) => other.dataset.ratio === current.cell.dataset.ratio && source(other));
      if (cell) return show(cell);
    }
  }

  function pick(cell) {
    if (source(cell)) show(cell);
  }

  list.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link.closest(".cell"));
  });

  const actions = { close: () => viewer.close(), previous: () => step(-1), next: () => step(1) };
  viewer.addEventListener("click", (event) => {
    actions[event.target.closest("[data-do]")?.dataset.do]?.();
  });
  const hold = viewer.querySelector("[data-do=blink]");
  hold.addEventListener("pointerdown", () => blink(true));
  for (const end of ["pointerup", "pointerleave", "pointercancel"]) hold.addEventListener(end, () => blink(false));

  viewer.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const variants = current.cells.filter((cell) => cell !== current.baseline);
    if (event.key === " ") blink(true);
    else if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "ArrowRight") step(1);
    else if (event.key === "0" || event.key === "b") pick(current.baseline);
    else if (event.key >= "1" && event.key <= "9") pick(variants[Number(event.key) - 1]);
    else return;
    event.preventDefault();
  });
  viewer.addEventListener("keyup", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    blink(false);
  });
  viewer.addEventListener("close", () => {
    history.replaceState(null, "", location.pathname + location.search);
    current.row.scrollIntoView({ block: "nearest" });
    current.cell.querySelector("a")?.focus({ preventScroll: true });
  });

  // A link to one picture opens it: #p74-s0-r0.5
  const link = /^#(p[0-9]+-s[0-9]+)-r(.+)$/.exec(location.hash);
  if (link) {
    const row = document.getElementById(link[1]);
    pick([...(row?.querySelectorAll(".cell") ?? [])].find((cell) => cell.dataset.ratio === decodeURIComponent(link[2])));
  }
})();
