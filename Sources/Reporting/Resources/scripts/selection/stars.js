// Stars and notes on single pictures.

const makeStars = (sheet, memory) => {
  const store = "stars";
  const listeners = [];
  const keyOf = (cell) => {
    const { p, s, r } = cells.name(cell);
    return JSON.stringify([p, s, r]);
  };
  const read = () => memory.get(store, {});
  let marks = read();

  const isStarred = (cell) => marks[keyOf(cell)]?.isStarred === true;
  const note = (cell) => marks[keyOf(cell)]?.note ?? "";

  function mark(cell) {
    cell.classList.toggle("starred", isStarred(cell));
    cell.classList.toggle("noted", note(cell) !== "");
    const caption = cell.querySelector("figcaption");
    caption.title = note(cell);
  }

  /// Of all stars and notes, the pictures that the page still has.
  function marked() {
    return Object.keys(marks).flatMap((key) => {
      try {
        const [p, s, r] = JSON.parse(key);
        return sheet.find(p, s)?.cells.filter((cell) => cell.dataset.ratio === r) ?? [];
      } catch {
        return [];
      }
    });
  }

  function tell() {
    const count = marked().filter(isStarred).length;
    for (const element of document.querySelectorAll(".star-count")) element.textContent = count ? ` ★ ${count}` : "";
    sheet.update();
    for (const listener of listeners) listener();
  }

  function set(cell, change) {
    marks = memory.update(store, {}, (all) => {
      const next = { ...all[keyOf(cell)], ...change };
      const { [keyOf(cell)]: _, ...others } = all;
      return next.isStarred || next.note ? { ...others, [keyOf(cell)]: next } : others;
    });
    mark(cell);
    tell();
  }

  for (const cell of marked()) mark(cell);
  // Sorting and filtering takes its time on a large sheet.
  if (Object.keys(marks).length > 0) tell();

  return {
    isStarred,
    note,
    toggle(cell) {
      set(cell, { isStarred: !isStarred(cell) });
      say(isStarred(cell) ? "Starred." : "No star any more.");
    },
    write: (cell, text) => set(cell, { note: text.trim() }),
    clear() {
      const before = marked();
      marks = memory.update(store, {}, (all) =>
        Object.fromEntries(Object.entries(all).filter(([, each]) => each.note).map(([key, each]) => [key, { note: each.note }])));
      for (const cell of before) mark(cell);
      tell();
    },
    /// The starred pictures, in the sheet's order.
    chosen: () => sheet.arranged().flatMap((row) => row.cells.filter(isStarred)),
    onChange: (listener) => listeners.push(listener),
  };
};

// The star and the note of the picture that the viewer shows.
const makeNoteLine = (dialog, stars) => {
  const star = dialog.querySelector("[data-do=star]");
  const line = dialog.querySelector(".note-line");
  const field = dialog.querySelector(".note");
  let cell = null;

  field.addEventListener("change", () => stars.write(cell, field.value));
  field.addEventListener("keydown", (event) => {
    // Enter keeps the note, Escape leaves it as it was; neither closes the viewer.
    if (event.key === "Escape") field.value = stars.note(cell);
    else if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") stars.write(cell, field.value);
    dialog.querySelector("#viewer-prompt").focus({ preventScroll: true });
  });
  field.addEventListener("blur", () => { line.hidden = !cell || (!stars.isStarred(cell) && !stars.note(cell)); });

  return {
    follow(next) {
      // A note that is being written belongs to the picture before.
      if (cell && cell !== next && field.value.trim() !== stars.note(cell)) stars.write(cell, field.value);
      const isOther = cell !== next;
      cell = next;
      const isStarred = stars.isStarred(cell);
      star.setAttribute("aria-pressed", String(isStarred));
      star.firstElementChild.textContent = isStarred ? "★" : "☆";
      if (isOther || document.activeElement !== field) field.value = stars.note(cell);
      line.hidden = !isStarred && !stars.note(cell) && document.activeElement !== field;
    },
    edit() {
      line.hidden = false;
      field.focus();
    },
  };
};
