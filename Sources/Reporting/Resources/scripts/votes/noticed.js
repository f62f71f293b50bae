// The first ratio at which the reader noticed a change, one for each row of pictures, and what they say together.

const makeNoticed = (sheet, memory) => {
  const store = "noticed";
  const listeners = [];
  let marks = memory.get(store, {});

  const keyOf = (baseline) => {
    const { p, s, r } = cells.name(baseline);
    return JSON.stringify([p, s, r]);
  };

  /// - ratio: null where no ratio was noticed.
  function put(baseline, mark) {
    marks = memory.update(store, {}, (all) => {
      const { [keyOf(baseline)]: _, ...others } = all;
      return mark ? { ...others, [keyOf(baseline)]: mark } : others;
    });
    for (const listener of listeners) listener();
  }

  /// The marks of every run: its variants in their order, and of each the share of rows that still looked unchanged.
  function curves() {
    const groups = new Map();
    for (const [key, mark] of Object.entries(marks)) {
      const [p, s, r] = JSON.parse(key);
      const row = sheet.find(p, s);
      const baseline = row?.cells.find((cell) => cell.dataset.ratio === r);
      if (!baseline) continue;
      const group = groups.get(r) ?? { name: r, ratios: sheet.variantsAfter(r), marks: [] };
      groups.set(r, { ...group, marks: [...group.marks, mark] });
    }
    return [...groups.values()].map((group) => {
      const places = group.marks.map((mark) => (mark.ratio === null ? Infinity : group.ratios.indexOf(mark.ratio)));
      const known = places.filter((place) => place >= 0);
      const shares = group.ratios.map((_, at) => known.filter((place) => place > at).length / known.length);
      return { ...group, count: known.length, shares };
    }).filter((curve) => curve.count > 0);
  }

  return {
    of: (baseline) => marks[keyOf(baseline)],
    toggle(row, cell, isNever = false) {
      const baseline = cells.baselineOf(row, cell) ?? cell;
      if (!isNever && cell === baseline) return say("This is the baseline: go to the first ratio at which you see a change.");
      const ratio = isNever ? null : cell.dataset.ratio;
      const before = marks[keyOf(baseline)];
      const isSame = before && before.ratio === ratio;
      put(baseline, isSame ? null : { ratio, time: new Date().toISOString() });
      say(isSame ? "The mark is gone." : isNever ? "Marked: no change noticed at any ratio." : `Marked: a change from ${ratio} on.`);
    },
    curves,
    /// As `docs/votes.md` describes them.
    exported: () => Object.entries(marks).map(([key, mark]) => {
      const [row, seed, baseline] = JSON.parse(key);
      // Rows are named by the page: the prompt and the pixels are what names the picture elsewhere.
      const cell = sheet.find(row, seed)?.cells.find((other) => other.dataset.ratio === baseline);
      return {
        ...memory.owner(baseline), row, seed, prompt: cell ? cells.prompt(cell) : null, pixelHash: cell?.dataset.hash ?? null,
        ratio: mark.ratio === null ? null : memory.variant(mark.ratio), time: mark.time,
      };
    }),
    get count() { return Object.keys(marks).length; },
    clear() {
      marks = memory.update(store, {}, () => ({}));
      for (const listener of listeners) listener();
    },
    onChange: (listener) => listeners.push(listener),
  };
};
