// The selection as a page of its own, with its pictures inside and without any script.

const makeSmallPage = async (rows, title) => {
  const page = document.implementation.createHTMLDocument(title);
  const add = (host, name, text = "", className = "") => {
    const made = page.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    host.append(made);
    return made;
  };
  const meta = (attributes) => {
    const made = page.createElement("meta");
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    page.head.prepend(made);
  };
  meta({ name: "viewport", content: "width=device-width, initial-scale=1" });
  meta({ name: "color-scheme", content: "light dark" });
  meta({ "http-equiv": "Content-Security-Policy", content: "default-src 'none'; img-src data:; style-src 'unsafe-inline'" });
  meta({ charset: "utf-8" });
  page.documentElement.lang = "en";
  const style = `
    body { font: 1rem/1.5 system-ui, sans-serif; max-width: 80rem; margin: 2rem auto; padding: 0 1rem; }
    section { margin-block: 2.5rem; break-inside: avoid; }
    h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; font-weight: 400; overflow-wrap: anywhere; }
    .pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr)); gap: 1rem; }
    figure { margin: 0; font-size: .875rem; } figcaption { font-weight: 600; }
    img { display: block; max-width: 100%; height: auto; } p { margin: .25rem 0; }`;
  const main = add(page.body, "main");
  add(main, "h1", title);

  async function inside(address) {
    if (address.startsWith("data:")) return address;
    const image = await pixels.load(address);
    // Throws where the picture may not be read.
    return pixels.draw(image).toDataURL("image/png");
  }

  for (const { baseline, chosen, note } of rows) {
    const section = add(main, "section");
    add(section, "h2", `${cells.prompt(chosen[0])} (${cells.source(chosen[0])})`).dir = "auto";
    const pictures = add(section, "div", "", "pictures");
    for (const cell of [baseline, ...chosen]) {
      const address = cells.picture(cell);
      if (!cell) continue;
      const figure = add(pictures, "figure");
      add(figure, "figcaption", cell.dataset.heading);
      if (address) {
        const image = add(figure, "img");
        image.alt = cells.prompt(cell);
        image.src = await inside(address);
      } else add(figure, "p", cell.querySelector(".missing")?.textContent ?? "");
      const scores = [...cell.querySelectorAll("dt")].map((dt) => `${dt.textContent} ${dt.nextElementSibling.textContent}`);
      if (scores.length > 0) add(figure, "p", scores.join(" · "));
      if (note(cell)) add(figure, "p", note(cell)).dir = "auto";
    }
  }
  // As text: a document that this page makes is under this page's policy, which lets no other style in.
  const html = page.documentElement.outerHTML.replace("</head>", `<style>${style}\n</style></head>`);
  return `<!doctype html>\n${html}\n`;
};
