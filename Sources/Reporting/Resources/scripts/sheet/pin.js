// What pictures are compared with: the baseline of their run, the same picture of another run, or what the reader pinned
// instead, which is a column of every row (a ratio, another rule, another run) or one picture alone.

const makePin = (sheet, address) => {
  const listeners = [];
  let pin = null;

  function read() {
    const [ratio, p, s] = ["ref", "refp", "refs"].map(address.get);
    pin = null;
    if (!ratio) return;
    const isThere = p
      ? sheet.find(p, s || "0")?.cells.some((cell) => cell.dataset.ratio === ratio)
      : sheet.rows.some((other) => other.cells.some((cell) => cell.dataset.ratio === ratio));
    if (isThere) pin = { ratio, p, s: p ? s || "0" : "" };
  }

  function mark() {
    for (const column of document.querySelectorAll(".column")) {
      column.classList.toggle("pinned", pin !== null && !pin.p && column.dataset.column === pin.ratio);
    }
  }

  const isPinned = (cell, isAlone) => {
    const { p, s, r } = cells.name(cell);
    return pin !== null && pin.ratio === r && (isAlone ? pin.p === p && pin.s === s : !pin.p);
  };

  const words = (cell) => (pin?.p ? `${cell.dataset.heading}, ${cells.source(cell)}` : cell.dataset.heading);

  const usual = new Set(sheet.runs().values()).size > 1 ? "what it was" : "the baseline";

  /// The second time the same is asked, the usual reference is back.
  function toggle(cell, isAlone = false) {
    const { p, s, r } = cells.name(cell);
    pin = isPinned(cell, isAlone) ? null : { ratio: r, p: isAlone ? p : "", s: isAlone ? s : "" };
    address.change({ ref: pin?.ratio ?? "", refp: pin?.p ?? "", refs: pin?.p ? pin.s : "" });
    mark();
    const what = pin && words(cell);
    say(pin ? `The reference is now ${what}${isAlone ? "" : ", in every row"}.` : `The reference is ${usual} again.`);
    for (const listener of listeners) listener();
  }

  address.onMove(() => {
    read();
    mark();
  });
  read();
  mark();

  return {
    toggle,
    isPinned,
    get isSet() { return pin !== null; },
    /// What a picture of the row is compared with; null where the row lacks it.
    reference(row, cell) {
      if (!pin) return cells.referenceOf(row, cell);
      const from = pin.p ? sheet.find(pin.p, pin.s) : row;
      return from?.cells.find((other) => other.dataset.ratio === pin.ratio) ?? null;
    },
    words,
    absence: () => (pin ? `This row has no picture of ${pin.ratio}.` : "There is no baseline."),
    onChange: (listener) => listeners.push(listener),
  };
};
