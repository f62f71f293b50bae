// How two pictures over each other share the view: by a line between them, or one through the other.

const makeMix = (stage, zoom) => {
  const views = stage.querySelector(".views");
  const view = views.querySelector('[data-view="main"]');
  const divider = view.querySelector(".divider");
  const range = stage.querySelector(".mix input");
  const words = stage.querySelector(".mix span");
  const names = { slider: "Line", onion: "Variant" };
  const shares = { slider: 50, onion: 50 };
  let mode = "";

  /// The picture's visible part: where the line can go.
  function extent() {
    const width = Math.min(view.clientWidth, view.querySelector(".plate").offsetWidth * zoom.scale);
    return { left: (view.clientWidth - width) / 2, width };
  }

  function draw() {
    const { left, width } = extent();
    views.style.setProperty("--line", `${left + (width * shares.slider) / 100}px`);
    views.style.setProperty("--opacity", shares.onion / 100);
  }

  function set(share) {
    if (!(mode in shares)) return;
    shares[mode] = Math.min(Math.max(share, 0), 100);
    range.value = shares[mode];
    range.setAttribute("aria-valuetext", `${Math.round(shares[mode])} %`);
    draw();
  }

  range.addEventListener("input", () => set(Number(range.value)));

  const toPointer = (event) => {
    const { left, width } = extent();
    set((100 * (event.clientX - view.getBoundingClientRect().left - left)) / width);
  };
  // The line by its handle, and by the picture where that does not pan.
  view.addEventListener("pointerdown", (event) => {
    // A second finger pinches.
    if (!event.isPrimary) return views.classList.remove("dividing");
    if (mode !== "slider" || event.button !== 0) return;
    if (event.target !== divider && zoom.scale > 1) return;
    views.classList.add("dividing");
    toPointer(event);
  });
  view.addEventListener("pointermove", (event) => {
    if (views.classList.contains("dividing")) toPointer(event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    view.addEventListener(end, () => views.classList.remove("dividing"));
  }

  return {
    draw,
    step: (by) => set(shares[mode] + by),
    use(name) {
      mode = name;
      words.textContent = names[mode] ?? "";
      if (mode in shares) set(shares[mode]);
    },
  };
};
