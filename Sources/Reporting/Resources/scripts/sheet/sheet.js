// The sheet: sorts and filters its rows. The numbers stand in the cells' data attributes, unrounded.

const makeSheet = (address) => {
  const list = document.querySelector(".rows");
  const tools = document.querySelector(".tools");
  const count = document.getElementById("count");
  const nothing = document.querySelector(".nothing");
  const reset = tools.elements.namedItem("reset");
  const direction = tools.elements.namedItem("direction");
  const unfold = tools.querySelector(".unfold");
  const fields = ["sort", "at", "category", "challenge", "subset", "change", "star", "q", "size"]
    .map((name) => [name, tools.elements.namedItem(name)])
    .filter(([, field]) => field !== null);
  const valueOf = (field) => (field?.type === "checkbox" && !field.checked ? "" : field?.value ?? "");
  const plain = Object.fromEntries(fields.map(([name, field]) => [name, valueOf(field)]));
  const chosen = (name) => valueOf(tools.elements.namedItem(name));
  // Further tools, which other parts of the page bring along.
  const others = [];

  const rows = [...list.children].map((element) => ({
    element,
    order: Number(element.dataset.order),
    words: element.querySelector("h3").textContent.toLowerCase(),
    cells: [...element.querySelectorAll(".cell")],
    isShown: true,
  }));
  const byPlace = new Map(rows.map((row) => [`${row.element.dataset.p} ${row.element.dataset.s}`, row]));
  let arranged = rows;

  const considered = (row, at) =>
    row.cells.filter((cell) => (at ? cell.dataset.ratio === at : !cells.isBaseline(cell) && !cell.hidden));

  /// The row's picture with the worst value at a ratio, or at any; nothing when none has a value.
  function worst(row, key, at, isDescending) {
    let found;
    for (const cell of considered(row, at)) {
      const value = cells.number(cell, key);
      if (value === undefined) continue;
      if (!found || (isDescending ? value > found.value : value < found.value)) found = { cell, value };
    }
    return found;
  }

  /// On a narrow screen it stays in sight.
  function markWorst(row, cell) {
    if (row.worst === cell) return;
    row.worst?.classList.remove("worst");
    row.worst = cell;
    cell?.classList.add("worst");
  }

  /// Rows without the number come last either way; equal ones keep the order of the prompts.
  function sort() {
    const key = chosen("sort");
    const at = chosen("at");
    const isDescending = tools.elements.namedItem("sort").selectedOptions[0].hasAttribute("data-descending");
    const sign = (direction.value === "best" ? -1 : 1) * (isDescending ? -1 : 1);
    const measured = key === "order" ? "change" : key;
    for (const row of rows) {
      const found = worst(row, measured, at, key !== "order" && isDescending);
      row.rank = key === "order" ? row.order : found?.value;
      markWorst(row, found && !cells.isBaseline(found.cell) ? found.cell : undefined);
    }
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
    const [category, challenge, subset, change, star, at] =
      ["category", "challenge", "subset", "change", "star", "at"].map(chosen);
    const asked = others.filter((other) => other.matches && !other.isPlain());
    // Of one picture all that is asked for, not of several a part each.
    const isMeant = (cell) => (!change || cell.dataset.state === change) && asked.every((other) => other.matches(cell));
    let shown = 0;
    for (const row of rows) {
      const { dataset } = row.element;
      row.isShown =
        (!category || dataset.category === category) &&
        (!challenge || dataset.challenge === challenge) &&
        (!subset || dataset.subset === subset) &&
        searched.every((word) => row.words.includes(word)) &&
        (!star || row.cells.some((cell) => cell.classList.contains("starred"))) &&
        ((!change && asked.length === 0) || considered(row, at).some(isMeant));
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
    reset.hidden = !isTurned && fields.every(([name]) => chosen(name) === plain[name]) && others.every((other) => other.isPlain());
  }

  function remember() {
    const changes = { direction: direction.value === "best" ? "best" : "" };
    for (const [name] of fields) changes[name] = chosen(name) === plain[name] ? "" : chosen(name);
    address.change(changes);
  }

  /// Sets the tools to what the address says; what it cannot mean here is as if it were not there.
  function recall() {
    for (const [name, field] of fields) {
      if (field.type === "checkbox") {
        field.checked = address.get(name) === field.value;
        continue;
      }
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
    for (const [name, field] of fields) {
      if (field.type === "checkbox") field.checked = false;
      else field.value = plain[name];
    }
    for (const other of others) other.clear();
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
  // Every column's name, and of which run it is: those of several stand between each other.
  const columns = [...document.querySelectorAll(".columns-head .column")];
  const marks = [...new Set(columns.map((column) => column.dataset.run))];
  const runs = new Map(columns.map((column) => [column.dataset.column, marks.indexOf(column.dataset.run)]));

  return {
    list,
    rows,
    shownRows,
    arranged: () => arranged,
    update,
    /// - other: a tool with `isPlain` and `clear`, and with `matches` where it chooses among pictures.
    add: (other) => others.push(other),
    columns: () => [...runs.keys()],
    runs: () => runs,
    /// The names of the columns of a run, by that of its baseline.
    variantsAfter: (baseline) =>
      [...runs].filter(([name, run]) => run === runs.get(baseline) && name !== baseline).map(([name]) => name),
    find: (prompt, seed) => byPlace.get(`${prompt} ${seed}`),
  };
};
