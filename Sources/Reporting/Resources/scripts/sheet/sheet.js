// The sheet: sorts and filters its rows. The numbers stand in the cells' data attributes, unrounded.

const makeSheet = (address) => {
  const list = document.querySelector(".rows");
  const tools = document.querySelector(".tools");
  const count = document.getElementById("count");
  const nothing = document.querySelector(".nothing");
  const reset = tools.elements.namedItem("reset");
  const direction = tools.elements.namedItem("direction");
  const unfold = tools.querySelector(".unfold");
  const fields = ["sort", "at", "category", "challenge", "subset", "change", "q", "size"]
    .map((name) => [name, tools.elements.namedItem(name)])
    .filter(([, field]) => field !== null);
  const plain = Object.fromEntries(fields.map(([name, field]) => [name, field.value]));
  const chosen = (name) => tools.elements.namedItem(name)?.value ?? "";

  const rows = [...list.children].map((element) => ({
    element,
    order: Number(element.dataset.order),
    words: element.querySelector("h3").textContent.toLowerCase(),
    cells: [...element.querySelectorAll(".cell")],
    isShown: true,
  }));
  let arranged = rows;

  const considered = (row, at) =>
    row.cells.filter((cell) => (at ? cell.dataset.ratio === at : !cell.classList.contains("baseline")));

  /// The row's worst value at a ratio, or at any; nothing when it has none.
  function worst(row, key, at, isDescending) {
    const values = considered(row, at)
      .map((cell) => cell.getAttribute(`data-${key}`))
      .filter((value) => value !== null)
      .map(Number);
    if (values.length === 0) return undefined;
    return isDescending ? Math.max(...values) : Math.min(...values);
  }

  /// Rows without the number come last either way; equal ones keep the order of the prompts.
  function sort() {
    const key = chosen("sort");
    const at = chosen("at");
    const isDescending = tools.elements.namedItem("sort").selectedOptions[0].hasAttribute("data-descending");
    const sign = (direction.value === "best" ? -1 : 1) * (isDescending ? -1 : 1);
    for (const row of rows) row.rank = key === "order" ? row.order : worst(row, key, at, isDescending);
    const sorted = [...rows].sort((a, b) => {
      if (a.rank === b.rank) return a.order - b.order;
      if (a.rank === undefined || b.rank === undefined) return a.rank === undefined ? 1 : -1;
      return a.rank < b.rank ? -sign : sign;
    });
    if (sorted.some((row, place) => row !== arranged[place])) list.append(...sorted.map((row) => row.element));
    arranged = sorted;
  }

  function filter() {
    const searched = chosen("q").toLowerCase().split(/\s+/).filter(Boolean);
    const [category, challenge, subset, change, at] =
      ["category", "challenge", "subset", "change", "at"].map(chosen);
    let shown = 0;
    for (const row of rows) {
      const { dataset } = row.element;
      row.isShown =
        (!category || dataset.category === category) &&
        (!challenge || dataset.challenge === challenge) &&
        (!subset || dataset.subset === subset) &&
        searched.every((word) => row.words.includes(word)) &&
        (!change || considered(row, at).some((cell) => cell.dataset.state === change));
      row.element.hidden = !row.isShown;
      if (row.isShown) shown += 1;
    }
    const all = `${rows.length} row${rows.length === 1 ? "" : "s"}`;
    count.textContent = shown === rows.length ? all : `${shown} of ${all}`;
    nothing.hidden = shown > 0;
  }

  function update() {
    sort();
    filter();
    const isOrder = chosen("sort") === "order";
    const isTurned = direction.value === "best";
    direction.dataset.says = isOrder ? (isTurned ? "backward" : "forward") : direction.value;
    document.documentElement.dataset.size = chosen("size");
    reset.hidden = !isTurned && fields.every(([name]) => chosen(name) === plain[name]);
  }

  function remember() {
    const changes = { direction: direction.value === "best" ? "best" : "" };
    for (const [name] of fields) changes[name] = chosen(name) === plain[name] ? "" : chosen(name);
    address.change(changes);
  }

  /// Sets the tools to what the address says; what it cannot mean here is as if it were not there.
  function recall() {
    for (const [name, field] of fields) {
      field.value = address.get(name) || plain[name];
      if (field instanceof HTMLSelectElement && field.selectedIndex < 0) field.value = plain[name];
      if (field instanceof RadioNodeList && field.value === "") field.value = plain[name];
    }
    direction.value = address.get("direction") === "best" ? "best" : "worst";
    update();
  }

  function settle() {
    update();
    remember();
  }

  tools.hidden = false;
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("change", settle);
  tools.elements.namedItem("q").addEventListener("input", settle);
  direction.addEventListener("click", () => {
    direction.value = direction.value === "best" ? "worst" : "best";
    settle();
  });
  reset.addEventListener("click", () => {
    for (const [name, field] of fields) field.value = plain[name];
    direction.value = "worst";
    settle();
    tools.elements.namedItem("sort").focus();
  });
  unfold.addEventListener("click", () => {
    unfold.setAttribute("aria-expanded", String(unfold.getAttribute("aria-expanded") !== "true"));
  });
  address.onMove(recall);
  recall();

  const shownRows = () => arranged.filter((row) => row.isShown);
  const isPlainKey = (event) => !event.ctrlKey && !event.metaKey && !event.altKey;

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || !isPlainKey(event) || event.target.closest("input, select, dialog")) return;
    event.preventDefault();
    unfold.setAttribute("aria-expanded", "true");
    tools.elements.namedItem("q").focus();
  });

  // From picture to picture by arrow keys.
  list.addEventListener("keydown", (event) => {
    const cell = event.target.closest("a")?.closest(".cell");
    if (!cell || !isPlainKey(event)) return;
    const visible = shownRows();
    const at = visible.findIndex((row) => row.element === cell.closest(".row"));
    const column = visible[at].cells.indexOf(cell);
    const links = (cells) => cells.map((other) => other.querySelector("a")).filter(Boolean);
    const byColumn = (row) => (row ? row.cells[column]?.querySelector("a") ?? links(row.cells)[0] : undefined);
    const next = {
      ArrowLeft: () => links(visible[at].cells.slice(0, column)).pop(),
      ArrowRight: () => links(visible[at].cells.slice(column + 1))[0],
      ArrowUp: () => byColumn(visible[at - 1]),
      ArrowDown: () => byColumn(visible[at + 1]),
    }[event.key]?.();
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  return {
    list,
    shownRows,
    find: (prompt, seed) =>
      rows.find(({ element }) => element.dataset.p === prompt && element.dataset.s === seed),
  };
};
