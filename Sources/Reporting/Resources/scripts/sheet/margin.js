// Judges again by a margin that the reader sets: the verdicts of the table, and how many pictures changed by more.

const makeMargin = (sheet, address) => {
  const form = document.querySelector(".margin-tool");
  if (!form) return;
  const field = form.elements.namedItem("margin");
  const words = form.elements.namedItem("words");
  const back = form.elements.namedItem("back");
  const tables = [...document.querySelectorAll(".ratios")].filter((table) => table.dataset.margin);
  // A table of each run comes after those of one run against another.
  const own = tables.slice(-new Set(sheet.runs().values()).size);
  const plain = field.value;
  const choices = [...document.querySelectorAll('.tools [name="change"] option')].map((option) => [option, option.textContent]);
  const styles = ["equivalent", "worse", "better", "inconclusive"];
  // Of a verdict its word, where that is not its own name.
  const names = { better: "higher", few: "too few" };
  const states = new Set(["lost", "kept", "gained"]);

  const factor = () => Number(field.value) / 100;
  const marginOf = (table) => Number(table.dataset.margin) * factor();

  /// As the tool judges: the whole interval within the margin, or a difference that is shown.
  function verdict({ mean, lower, upper, enough, significant }, margin) {
    if (enough === undefined || lower === "") return "few";
    if (-margin < Number(lower) && Number(upper) < margin) return "equivalent";
    if (significant === undefined) return "inconclusive";
    return Number(mean) > 0 ? "better" : "worse";
  }

  function judge(table) {
    const margin = marginOf(table);
    const [low, high] = [Number(table.dataset.low), Number(table.dataset.high)];
    const x = (value) => Math.min(Math.max(4 + ((value - low) / (high - low)) * 112, 0), 120);
    for (const line of table.querySelectorAll("tr[data-mean]")) {
      const word = line.querySelector(".verdict");
      const now = verdict(line.dataset, margin);
      const name = names[now] ?? now;
      if (word && word.textContent !== name) {
        word.classList.remove(...styles);
        word.classList.add(now === "few" ? "inconclusive" : now);
        word.textContent = name;
      }
      const band = line.querySelector(".forest .band");
      band?.setAttribute("x", x(-margin));
      band?.setAttribute("width", x(margin) - x(-margin));
    }
  }

  /// The margin of a picture is that of its run.
  const runs = sheet.runs();
  const marginOfColumn = new Map([...runs].map(([column, run]) => [column, () => marginOf(own[run] ?? own[0])]));

  const changes = [];
  for (const row of sheet.rows) {
    for (const cell of row.cells) {
      const change = cells.number(cell, "change");
      if (change !== undefined && states.has(cell.dataset.state)) changes.push({ cell, change });
    }
  }

  const stateOf = ({ cell, change }) => {
    const margin = marginOfColumn.get(cell.dataset.ratio)?.() ?? Infinity;
    return Math.abs(change) <= margin ? "kept" : change < 0 ? "lost" : "gained";
  };

  /// A number that leads to its pictures, where the sheet can choose them.
  function behind(count, state) {
    if (count === 0 || !choices.some(([option]) => option.value === state)) return String(count);
    const link = document.createElement("a");
    link.className = "behind";
    link.href = `#sort=change&change=${state}${field.value === plain ? "" : `&margin=${field.value}`}`;
    link.textContent = String(count);
    return link;
  }

  function draw() {
    for (const table of tables) judge(table);
    const counts = { lost: 0, kept: 0, gained: 0 };
    for (const picture of changes) counts[stateOf(picture)] += 1;
    const margins = [...new Set(own.map((table) => `±${marginOf(table).toFixed(2)}`))].join(" and ");
    words.replaceChildren(
      `${margins} points: of ${changes.length} pictures `, behind(counts.lost, "lost"), " lost more, ",
      behind(counts.gained, "gained"), " gained more.",
      field.value === plain ? "" : " The headline and the charts keep the run’s margin.");
    field.setAttribute("aria-valuetext", `${margins} points`);
    back.hidden = field.value === plain;
  }

  /// What the sheet marks and filters by: more work than may be done at every step of the slider.
  function settle() {
    draw();
    for (const picture of changes) {
      const state = stateOf(picture);
      if (picture.cell.dataset.state !== state) picture.cell.dataset.state = state;
    }
    const margins = new Set(own.map((table) => marginOf(table).toFixed(2)));
    for (const [option, text] of choices) {
      option.textContent = field.value === plain || margins.size !== 1 || !states.has(option.value)
        ? text : text.replace(/\d+\.\d+/, [...margins][0]);
    }
    sheet.update();
  }

  function set(value) {
    field.value = value;
    address.change({ margin: field.value === plain ? "" : field.value });
    settle();
  }

  function recall() {
    const asked = Number(address.get("margin"));
    const isMeant = asked >= Number(field.min) && asked <= Number(field.max);
    const value = isMeant ? String(asked) : plain;
    if (field.value === value) return;
    field.value = value;
    settle();
  }

  form.hidden = changes.length === 0 || own.length === 0;
  if (form.hidden) return;
  field.addEventListener("input", draw);
  field.addEventListener("change", () => set(field.value));
  back.addEventListener("click", () => {
    set(plain);
    field.focus();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  address.onMove(recall);
  draw();
  recall();
};
