// Where the viewer is: a row of the sheet, a picture in it, and the baseline that it is compared with.

const makePlace = (sheet) => {
  const place = { row: null, cell: null, reference: null };
  let preloaded = [];

  /// The baseline before the cell: a page of two runs has one for each.
  function referenceOf(row, cell) {
    const upTo = row.cells.slice(0, row.cells.indexOf(cell) + 1).reverse();
    const isBaseline = (other) => other.classList.contains("baseline");
    return upTo.find(isBaseline) ?? row.cells.find(isBaseline) ?? null;
  }

  place.go = (cell) => {
    const element = cell.closest(".row");
    place.row = sheet.find(element.dataset.p, element.dataset.s);
    place.cell = cell;
    place.reference = referenceOf(place.row, cell);
  };

  /// The address of the whole picture, not of its thumbnail.
  place.picture = (cell) => {
    const link = cell?.querySelector("a")?.getAttribute("href");
    // Inside a single file a small picture is its own thumbnail, and the link the cell's own address.
    return (link && !link.startsWith("#") ? link : cell?.querySelector("img")?.getAttribute("src")) ?? "";
  };

  /// Why there is no picture; empty when there is one.
  place.absence = (cell) => (cell ? cell.querySelector(".missing")?.textContent ?? "" : "There is no baseline.");

  place.variants = () => place.row.cells.filter((cell) => !cell.classList.contains("baseline"));

  /// The same ratio in the row before or after, among those that are shown.
  place.neighbour = (direction) => {
    const rows = sheet.shownRows();
    const next = rows[rows.indexOf(place.row) + direction];
    return next?.cells.find((cell) => cell.dataset.ratio === place.cell.dataset.ratio);
  };

  /// The picture to the left or right in the same row.
  place.beside = (direction) => place.row.cells[place.row.cells.indexOf(place.cell) + direction];

  /// Asks for what the next key may show.
  place.preload = (mode) => {
    const cells = [...place.row.cells];
    for (const direction of [-1, 1]) {
      const cell = place.neighbour(direction);
      if (cell) cells.push(cell, referenceOf(sheet.find(cell.closest(".row").dataset.p, cell.closest(".row").dataset.s), cell));
    }
    const addresses = cells.flatMap((cell) => [place.picture(cell), mode === "difference" ? cell?.dataset.difference : ""]);
    preloaded = [...new Set(addresses)].filter((address) => address && !address.startsWith("data:")).map((address) => {
      const image = new Image();
      image.src = address;
      return image;
    });
    return preloaded.length;
  };

  return place;
};
