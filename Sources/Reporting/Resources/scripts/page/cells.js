// What a picture of the sheet is among the others of its row.

const cells = (() => {
  // A sheet of thousands is read again for every order: what stands in its attributes never changes.
  const numbers = {};

  const isBaseline = (cell) => cell.classList.contains("baseline");

  /// On a page of several runs every picture has its run's mark.
  const isOfRun = (cell) => (other) => other.dataset.run === cell.dataset.run;

  /// The unmerged picture of the cell's own run: a page of two runs has one for each.
  function baselineOf(row, cell) {
    return row.cells.filter(isOfRun(cell)).find(isBaseline) ?? row.cells.find(isBaseline) ?? null;
  }

  /// What the cell is compared with unless the reader asks for something else: the same picture of the other run, or
  /// the baseline of its own.
  function referenceOf(row, cell) {
    const name = cell.dataset.reference;
    return (name && row.cells.find((other) => other.dataset.ratio === name)) || baselineOf(row, cell);
  }

  /// The pictures of the cell's run.
  function series(row, cell) {
    return row.cells.filter((other) => isOfRun(cell)(other) && !other.hidden);
  }

  return {
    isBaseline,
    baselineOf,
    referenceOf,
    series,
    /// A number of the picture, as `clip_score`; nothing where it has none.
    number(cell, key) {
      if (!cell) return undefined;
      const known = (numbers[key] ??= new Map());
      if (known.has(cell)) return known.get(cell);
      const value = cell.getAttribute(`data-${key}`);
      const number = value === null ? undefined : Number(value);
      known.set(cell, number);
      return number;
    },
    /// The address of the whole picture, not of its thumbnail.
    picture(cell) {
      const link = cell?.querySelector("a")?.getAttribute("href");
      // Inside a single file a small picture is its own thumbnail, and the link the cell's own address.
      return (link && !link.startsWith("#") ? link : cell?.querySelector("img")?.getAttribute("src")) ?? "";
    },
    /// What names the picture on the page.
    name(cell) {
      const { p, s } = cell.closest(".row").dataset;
      return { p, s, r: cell.dataset.ratio };
    },
    label: (cell) => cell.querySelector("figcaption b").textContent,
    prompt: (cell) => cell.closest(".row").querySelector("h3").textContent,
    source: (cell) => cell.closest(".row").querySelector(".source").textContent,
  };
})();
