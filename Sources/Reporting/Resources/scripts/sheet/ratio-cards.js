// A ratio is a row of a table, or a card of labelled numbers where the columns do not fit. Which columns a table has, and
// how wide their numbers are, depends on the run: no width of the screen could say it.

const makeRatioCards = () => {
  const widths = new Map();

  function fit(frame) {
    // What it takes as a card changes only its height, by which the width may come to an observer again.
    if (widths.get(frame) === frame.clientWidth) return;
    widths.set(frame, frame.clientWidth);
    const table = frame.firstElementChild;
    table.classList.remove("cards");
    table.classList.toggle("cards", frame.scrollWidth > frame.clientWidth);
  }

  const observer = new ResizeObserver((entries) => entries.forEach((entry) => fit(entry.target)));
  for (const frame of document.querySelectorAll(".ratios-frame")) {
    fit(frame);
    observer.observe(frame);
  }
};
