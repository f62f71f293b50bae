// The selection drawn as one picture: a row of the sheet under the other, each beside its baseline.

const drawPictureSheet = async (rows, title) => {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  // Browsers refuse larger canvases.
  const largest = 16_000;
  const [margin, gap, line] = [32, 16, 20];
  const columns = Math.max(...rows.map(({ chosen }) => chosen.length)) + 1;
  const captions = 4 * line;
  const natural = Number(rows[0].chosen[0].querySelector("img").getAttribute("width")) || 256;
  const room = Math.floor(Math.min((largest - 2 * margin) / columns, (largest - 3 * margin) / rows.length - captions) - gap);
  const side = Math.max(Math.min(Math.max(natural, 128), 512, room), 16);
  const canvas = document.createElement("canvas");
  canvas.width = 2 * margin + Math.max(columns * (side + gap) - gap, 320);
  const context = canvas.getContext("2d");

  const font = (weight, size) => `${weight} ${size}px ${colour("--sans")}`;
  function fit(text, width) {
    if (context.measureText(text).width <= width) return text;
    let end = text.length;
    while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > width) end -= 1;
    return `${text.slice(0, end)}…`;
  }
  function write(text, x, y, width, weight, size, name) {
    context.font = font(weight, size);
    context.fillStyle = colour(name);
    context.fillText(fit(text, width), x, y);
  }

  const images = await Promise.all(rows.map(({ baseline, chosen }) => Promise.all([baseline, ...chosen].map(async (cell) => {
    const address = cells.picture(cell);
    return { cell, image: address ? await pixels.load(address).catch(() => null) : null };
  }))));
  const heightOf = (row) => Math.max(side / 8, ...row.map(({ image }) => (image ? (side * image.naturalHeight) / image.naturalWidth : 0)));
  canvas.height = Math.ceil(3 * margin + images.reduce((sum, row) => sum + heightOf(row) + captions + gap, 0));
  context.fillStyle = colour("--paper");
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.textBaseline = "alphabetic";
  const width = canvas.width - 2 * margin;
  write(title, margin, margin + 4, width, 600, 16, "--ink");
  let y = 2 * margin;
  for (const [index, row] of images.entries()) {
    const { chosen, note } = rows[index];
    write(`${cells.prompt(chosen[0])} (${cells.source(chosen[0])})`, margin, y + 14, width, 400, 14, "--ink");
    for (const [column, { cell, image }] of row.entries()) {
      if (!cell) continue;
      const x = margin + column * (side + gap);
      write(cell.dataset.heading, x, y + line + 16, side, 600, 13, "--ink");
      if (image) context.drawImage(image, x, y + 2 * line + 4, side, (side * image.naturalHeight) / image.naturalWidth);
      else write("no picture", x, y + 3 * line, side, 400, 13, "--quiet");
      write(note(cell), x, y + 2 * line + heightOf(row) + line, side, 400, 12, "--quiet");
    }
    y += heightOf(row) + captions + gap;
  }
  // Throws where one of the pictures may not be read.
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser could not make a picture so large"))), "image/png");
  });
};
