// Where the viewer is: a row of the sheet, a picture in it, and what that is compared with.

const makePlace = (sheet, pin) => {
  const place = { row: null, cell: null, baseline: null, reference: null };
  let preloaded = [];

  const rowOf = (cell) => {
    const { p, s } = cell.closest(".row").dataset;
    return sheet.find(p, s);
  };

  place.go = (cell) => {
    place.row = rowOf(cell);
    place.cell = cell;
    place.baseline = cells.baselineOf(place.row, cell);
    place.reference = pin.reference(place.row, cell);
  };

  /// Why there is no picture; empty when there is one.
  place.absence = (cell) => (cell ? cell.querySelector(".missing")?.textContent ?? "" : pin.absence());

  /// The row's pictures, without those of columns that are not shown.
  place.shown = () => place.row.cells.filter((cell) => !cell.hidden || cell === place.cell);

  place.variants = () => place.shown().filter((cell) => !cells.isBaseline(cell));

  /// The same ratio in the row before or after, among those that are shown.
  place.neighbour = (direction) => {
    const rows = sheet.shownRows();
    const next = rows[rows.indexOf(place.row) + direction];
    return next?.cells.find((cell) => cell.dataset.ratio === place.cell.dataset.ratio);
  };

  /// The picture to the left or right in the same row.
  place.beside = (direction) => place.shown()[place.shown().indexOf(place.cell) + direction];

  /// Asks for what the next key may show.
  place.preload = (mode) => {
    const wanted = [...place.row.cells];
    for (const direction of [-1, 1]) {
      const cell = place.neighbour(direction);
      if (cell) wanted.push(cell, pin.reference(rowOf(cell), cell));
    }
    const addresses = wanted.flatMap((cell) => [cells.picture(cell), mode === "difference" ? cell?.dataset.difference : ""]);
    preloaded = [...new Set(addresses)].filter((address) => address && !address.startsWith("data:")).map((address) => {
      const image = new Image();
      image.src = address;
      return image;
    });
    return preloaded.length;
  };

  return place;
};
