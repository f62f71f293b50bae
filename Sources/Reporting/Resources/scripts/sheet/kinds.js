// The sheet's chips: rows with a picture that shows one of the chosen kinds of damage. A kind is a letter of the cell's
// `data-kinds`.

const makeKinds = (sheet, address) => {
  const form = document.querySelector(".kinds");
  if (!form) return;
  const boxes = [...form.querySelectorAll("input")];
  let chosen = [];

  const read = () => { chosen = boxes.filter((box) => box.checked).map((box) => box.value); };

  function recall() {
    const asked = new Set(address.get("kind"));
    for (const box of boxes) box.checked = asked.has(box.value);
    read();
  }

  sheet.add({
    isPlain: () => chosen.length === 0,
    /// Whether a picture is one of those that are asked for.
    matches(cell) {
      const own = cell.dataset.kinds;
      return own !== undefined && chosen.some((kind) => own.includes(kind));
    },
    clear() {
      for (const box of boxes) box.checked = false;
      read();
      address.change({ kind: "" });
    },
  });

  form.addEventListener("change", () => {
    read();
    address.change({ kind: chosen.join("") });
    sheet.update();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  address.onMove(() => {
    recall();
    sheet.update();
  });
  form.hidden = false;
  recall();
  if (chosen.length > 0) sheet.update();
};
