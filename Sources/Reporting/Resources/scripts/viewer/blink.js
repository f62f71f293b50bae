// Shows the reference in the picture's place: while a key or button is held, or in turn with it.

const makeBlink = (stage, button) => {
  // Two and a half times a second there and back: fast enough to see what jumps, and below the three flashes a second
  // from which on light can harm (WCAG 2.3.1).
  const half = 200;
  const littleMotion = matchMedia("(prefers-reduced-motion: reduce)");
  let timer = 0;

  function stop() {
    clearInterval(timer);
    timer = 0;
    stage.classList.remove("turned");
    button.setAttribute("aria-pressed", "false");
  }

  function start() {
    if (littleMotion.matches) return say("Nothing alternates by itself here, as your system asks for little motion. Hold the space key.");
    timer = setInterval(() => stage.classList.toggle("turned"), half);
    button.setAttribute("aria-pressed", "true");
  }

  littleMotion.addEventListener("change", stop);
  addEventListener("blur", stop);

  return {
    hold: (isHeld) => stage.classList.toggle("held", isHeld),
    stop,
    toggle: () => (timer ? stop() : start()),
    get isRunning() { return timer !== 0; },
  };
};
