// The viewer's keys, and what it does while one is held.

const listenToKeys = (dialog, actions) => {
  const modes = { t: "two-up", s: "slider", o: "onion", d: "difference", k: "blink" };
  // Arrows mean what they mean on the sheet: a row is a line of ratios.
  const plain = {
    ArrowLeft: actions.lower, ArrowRight: actions.higher, ArrowUp: actions.previous, ArrowDown: actions.next,
    0: actions.baseline, b: actions.baseline, "+": actions.in, "=": actions.in, "-": actions.out, _: actions.out,
    z: actions.zoom, f: actions.png, "?": actions.help, p: actions.play, "*": actions.star, c: actions.copy,
    v: actions.vote, e: actions.note, m: actions.tokens, w: actions.film,
    ",": () => actions.mix(-5), ".": () => actions.mix(5),
  };

  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input[type=text]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    // With Caps Lock a letter is large without Shift.
    const isLarge = event.shiftKey;
    if (key.startsWith("Arrow") && event.target.matches("input[type=range], select")) return;
    if (key === " " && event.target.matches("select")) return;
    // A strip that is longer than the screen is wide.
    if ((key === "ArrowLeft" || key === "ArrowRight") && event.target.matches(".film")) return;
    if (key === " ") actions.keepHeld(true);
    else if (key === "r") actions.pin(isLarge);
    else if (key === "n") actions.notice(isLarge);
    else if (key.length === 1 && key >= "1" && key <= "9") actions.variant(Number(key));
    else if (modes[key]) actions.mode(modes[key]);
    else if (plain[key]) plain[key]();
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("keyup", (event) => {
    if (event.key !== " " || event.target.matches("input[type=text], select")) return;
    event.preventDefault();
    actions.keepHeld(false);
  });
  dialog.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && actions.isHolding(event)) actions.keepHeld(true);
  });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => actions.keepHeld(false));
  addEventListener("blur", () => actions.keepHeld(false));
};
