// What a picture of the sheet is among the others of its row.

const cells = (() => {
  // A sheet of thousands is read again for every order: what stands in its attributes never changes.
  const numbers = {};

  const isBaseline = (cell) => cell.classList.contains("baseline");

  /// The unmerged picture of the cell's own run: a page of two runs has one for each.
  function baselineOf(row, cell) {
    const upTo = row.cells.slice(0, row.cells.indexOf(cell) + 1).reverse();
    return upTo.find(isBaseline) ?? row.cells.find(isBaseline) ?? null;
  }

  /// The pictures of the cell's run, from its baseline on.
  function series(row, cell) {
    const at = row.cells.indexOf(cell);
    const start = row.cells.slice(0, at + 1).findLastIndex(isBaseline);
    const end = row.cells.findIndex((other, index) => index > at && isBaseline(other));
    return row.cells.slice(Math.max(start, 0), end < 0 ? undefined : end).filter((other) => !other.hidden);
  }

  return {
    isBaseline,
    baselineOf,
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
