// The selection as a Markdown table, whose pictures are the files beside the page.

const markdownOf = (rows, title) => {
  // Every character that Markdown or HTML could read as its own.
  const plain = (text) => text.replace(/\s+/g, " ").trim().replace(/[\\`*_{}[\]<>()#+!|~&-]/g, "\\$&");
  const picture = (cell) => {
    const address = cells.picture(cell);
    // A picture inside the page would be a line of a million characters.
    return !address || address.startsWith("data:") ? "" : ` ![${plain(cell.dataset.heading)}](<${address}>)`;
  };
  const scores = (cell) => [...cell.querySelectorAll("dt")]
    .map((dt) => `${dt.textContent} ${dt.nextElementSibling.textContent.replace(/\s+/g, " ").trim()}`).map(plain).join(", ");
  const line = (values) => `| ${values.join(" | ")} |`;
  const heads = ["Prompt", "Place", "Baseline", "Picture", "Scores", "Note"];
  const lines = rows.flatMap(({ baseline, chosen, note }) => chosen.map((cell) => line([
    plain(cells.prompt(cell)), plain(cells.source(cell)), baseline ? picture(baseline).trim() : "",
    `${plain(cell.dataset.heading)}${picture(cell)}`, scores(cell), plain(note(cell)),
  ])));
  return [`# ${plain(title)}`, "", line(heads), line(heads.map(() => "---")), ...lines, ""].join("\n");
};
